import type { components } from "./schema.js";

/** A problem document (RFC 9457): `code` is for programs, `error` for people, `action` says what to do next. */
export type Problem = components["schemas"]["Problem"];

/** Thrown by the methods of a client that answer a value. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(readonly problem: Problem) {
    super(typeof problem.error === "string" ? problem.error : problem.title);
  }
}

/** Return the problem that an answer says, or undefined. The answer's body stays readable. */
export const problemOf = async (response: Response): Promise<Problem | undefined> => {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("application/problem+json")) return undefined;
  return (await response.clone().json()) as Problem;
};

/** Return the seconds of Retry-After; undefined where the answer has none that is a number. */
export const retryAfter = (response: Response): number | undefined => {
  const text = response.headers.get("Retry-After");
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
};
