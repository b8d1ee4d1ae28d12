import createFetchClient, { type Client } from "openapi-fetch";

import { type Problem, ProblemError, problemOf, retryAfter } from "./problems.js";
import type { components, paths } from "./schema.js";
import { type Kept, memoryStorage, type TokenStorage } from "./storage.js";

type Schemas = components["schemas"];

/** Whoever waits longer than this should be told instead. */
const LONGEST_WAIT_SECONDS = 10;

export interface AuthsiteOptions {
  /** Where authsite is, such as `https://login.example.com`. */
  baseUrl: string;
  /** In memory unless given. */
  storage?: TokenStorage;
  /** The language of sentences for people, such as `en`. */
  language?: string;
  /** Sends a request; `globalThis.fetch` unless given. */
  fetch?: (request: Request) => Promise<Response>;
}

export interface AuthsiteClient {
  /** Every operation of the API, typed; answers `{ data, error, response }`, with the access token sent along. */
  api: Client<paths>;
  /** Begin a session on this device. Throws `ProblemError`. */
  logIn(credentials: Schemas["LoginRequest"]): Promise<Schemas["Person"]>;
  /** End the session, and forget its tokens even where authsite cannot be reached. */
  logOut(): Promise<void>;
  /** Tell whether there is a session to go on with; authsite may have ended it meanwhile. */
  isLoggedIn(): Promise<boolean>;
}

/**
 * Return a client that follows the `action` of every error:
 *
 * - `refresh`: get new tokens and repeat the request, once. Requests in parallel share one refresh.
 * - `login`: forget the tokens, keep the device token, and answer the error.
 * - `wait`: repeat once after Retry-After, unless that is long.
 * - `give_up`, or none: answer the error.
 */
export const createAuthsiteClient = (options: AuthsiteOptions): AuthsiteClient => {
  const { baseUrl, language, storage = memoryStorage(), fetch = globalThis.fetch } = options;
  const headers = language === undefined ? {} : { "Accept-Language": language };
  let refreshing: Promise<Response | undefined> | undefined;

  /** Keep the device token only; nothing is done where another session has begun since `used` was sent. */
  const forgetTokens = async (used?: string): Promise<void> => {
    const { token, device_token } = await storage.load();
    if (used !== undefined && token !== used) return;
    await storage.save(device_token === undefined ? {} : { device_token });
  };

  const keep = ({ token, refresh, sid, device_token }: Schemas["TokensAnswer"]): Promise<void> =>
    storage.save({ token, refresh, sid, device_token });

  const sendPatiently = async (request: Request): Promise<Response> => {
    const response = await fetch(request.clone());
    const seconds = retryAfter(response);
    const problem = await problemOf(response);
    if (problem?.action !== "wait" || seconds === undefined || seconds > LONGEST_WAIT_SECONDS) return response;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return fetch(request.clone());
  };

  const plain = createFetchClient<paths>({ baseUrl, headers, fetch: sendPatiently });

  const askForTokens = async ({ token, refresh, device_token }: Kept): Promise<Response | undefined> => {
    if (refresh === undefined) return undefined;
    const body = device_token === undefined ? { refresh } : { refresh, device: { token: device_token } };
    const ask = () => plain.POST("/api/v1/auth/refresh/", { body });
    // An answer that was lost costs nothing: the same refresh token gets the same successor again.
    const { data, error, response } = await ask().catch(ask);
    if (data !== undefined) {
      // Whoever logged out meanwhile stays logged out.
      if ((await storage.load()).refresh === refresh) await keep(data);
      return undefined;
    }
    if (error.action === "login") await forgetTokens(token);
    return new Response(JSON.stringify(error), response);
  };

  /** Answer nothing where a newer token than the one used is kept now, else the refusal. */
  const refreshOnce = async (used: string | undefined): Promise<Response | undefined> => {
    if (refreshing !== undefined) return refreshing;
    refreshing = (async () => {
      const kept = await storage.load();
      return kept.token === used ? askForTokens(kept) : undefined;
    })();
    try {
      return await refreshing;
    } finally {
      refreshing = undefined;
    }
  };

  const sendWithToken = async (request: Request, token: string | undefined): Promise<Response> => {
    const authorized = request.clone();
    if (token !== undefined) authorized.headers.set("Authorization", `Bearer ${token}`);
    return sendPatiently(authorized);
  };

  const send = async (request: Request): Promise<Response> => {
    const used = (await storage.load()).token;
    const response = await sendWithToken(request, used);
    const action = (await problemOf(response))?.action;
    if (action === "login") await forgetTokens(used);
    if (action !== "refresh") return response;
    const refusal = await refreshOnce(used);
    if (refusal !== undefined) return refusal;
    const { token } = await storage.load();
    return token === undefined || token === used ? response : sendWithToken(request, token);
  };

  return {
    api: createFetchClient<paths>({ baseUrl, headers, fetch: send }),

    async logIn(credentials) {
      const { device_token } = await storage.load();
      const device = { ...credentials.device, ...(device_token !== undefined && { token: device_token }) };
      const { data, error } = await plain.POST("/api/v1/auth/login/", { body: { ...credentials, device } });
      if (data === undefined) throw new ProblemError(error as Problem);
      await keep(data);
      return data.user;
    },

    async logOut() {
      const { refresh } = await storage.load();
      await forgetTokens();
      if (refresh === undefined) return;
      const { error } = await plain.POST("/api/v1/auth/logout/", { body: { refresh } });
      if (error !== undefined) throw new ProblemError(error as Problem);
    },

    async isLoggedIn() {
      return (await storage.load()).refresh !== undefined;
    },
  };
};
