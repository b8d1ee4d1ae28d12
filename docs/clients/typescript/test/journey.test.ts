// A phone's life with a running authsite: tests/clients/test_typescript.py starts it and sets these variables.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createAuthsiteClient, memoryStorage, ProblemError } from "../src/index.js";

const variable = (name: string): string => {
  const value = process.env[name];
  assert.ok(value, `set ${name}`);
  return value;
};

const baseUrl = variable("AUTHSITE_URL");
const email = variable("AUTHSITE_EMAIL");
const password = variable("AUTHSITE_PASSWORD");
/** A genuine access token of that person whose `exp` has passed. */
const expired = variable("AUTHSITE_EXPIRED_TOKEN");

/** The network, with a record of what was sent, in which `spoil` may stand in for an answer. */
const network = (spoil: (request: Request, nth: number) => Promise<Response> | undefined = () => undefined) => {
  const sent: string[] = [];
  const fetch = (request: Request): Promise<Response> => {
    const line = `${request.method} ${new URL(request.url).pathname}`;
    sent.push(line);
    return spoil(request, sent.filter((each) => each === line).length) ?? globalThis.fetch(request);
  };
  return { sent, fetch };
};

const REFRESH = "POST /api/v1/auth/refresh/";
const isRefresh = (request: Request): boolean => request.url.endsWith("/auth/refresh/");

const phone = (options: Partial<Parameters<typeof createAuthsiteClient>[0]> = {}) => {
  const storage = memoryStorage();
  return { storage, ...createAuthsiteClient({ baseUrl, storage, ...options }) };
};

const loggedIn = async (options: Parameters<typeof phone>[0] = {}) => {
  const client = phone(options);
  await client.logIn({ email, password, device: { name: "Pixel 9", platform: "android" } });
  return client;
};

test("log in, see what the token says, log out", async () => {
  const client = phone();
  const person = await client.logIn({ email, password, device: { name: "Pixel 9", platform: "android" } });
  assert.equal(person.email, email);
  assert.equal(await client.isLoggedIn(), true);

  const content = await client.api.GET("/api/v1/auth/token/");
  assert.equal(content.data?.claims["sub"], person.id);
  // The page of administrators: the token of this person does not carry that role.
  const refused = await client.api.GET("/api/v1/user-data/");
  assert.deepEqual([refused.response.status, refused.error?.code], [403, "access_denied"]);

  await client.logOut();

  assert.equal(await client.isLoggedIn(), false);
  const { error } = await client.api.GET("/api/v1/me/");
  assert.deepEqual([error?.code, error?.action], ["not_authenticated", "login"]);
});

test("a wrong password is a problem in the person's language", async () => {
  const login = phone({ language: "es" }).logIn({ email, password: "wrong" });

  await assert.rejects(login, (error) => {
    assert.ok(error instanceof ProblemError);
    assert.deepEqual([error.problem.code, error.message], ["invalid_credentials", "Credenciales inválidas"]);
    return true;
  });
});

test("the profile is read and changed, and bad input names its field", async () => {
  const { api } = await loggedIn({ language: "en" });

  const changed = await api.PATCH("/api/v1/me/", { body: { ui_preferences: { theme: "dark" } } });
  assert.deepEqual(changed.data?.ui_preferences, { theme: "dark" });
  const read = await api.GET("/api/v1/me/");
  assert.deepEqual(read.data, changed.data);

  const { error } = await api.PATCH("/api/v1/me/", { body: { name: "" } });
  assert.deepEqual(error?.error, { name: ["This field may not be blank."] });
});

test("types refuse what the API would refuse", async () => {
  const { api } = await loggedIn();

  // @ts-expect-error there is no such path
  await api.GET("/api/v1/nowhere/");
  // @ts-expect-error a name is a string
  const number = await api.PATCH("/api/v1/me/", { body: { name: 5 } });
  assert.equal(number.response.status, 400);
  // @ts-expect-error preferences are an object
  const list = await api.PATCH("/api/v1/me/", { body: { ui_preferences: ["dark"] } });
  assert.equal(list.response.status, 400);
  // @ts-expect-error a login needs a password
  await assert.rejects(phone().logIn({ email }), ProblemError);
});

test("devices are listed, and another one is ended", async () => {
  const stolen = await loggedIn();
  const mine = await loggedIn();
  const { sid } = await stolen.storage.load();
  assert.ok(sid);

  const { data } = await mine.api.GET("/api/v1/auth/sessions/");
  const current = data?.results.filter((session) => session.current).map((session) => session.sid);
  assert.deepEqual(current, [(await mine.storage.load()).sid]);
  assert.ok(data?.results.some((session) => session.sid === sid && session.device === "Pixel 9"));
  const ended = await mine.api.DELETE("/api/v1/auth/sessions/{sid}/", { params: { path: { sid } } });
  assert.equal(ended.response.status, 204);

  await stolen.storage.save({ ...(await stolen.storage.load()), token: expired });
  const { error } = await stolen.api.GET("/api/v1/me/");
  assert.deepEqual([error?.code, error?.action], ["session_ended", "login"]);
  assert.equal(await stolen.isLoggedIn(), false);
  assert.deepEqual(Object.keys(await stolen.storage.load()), ["device_token"]);
});

test("parallel requests with an expired token share one refresh, and each is answered", async () => {
  const { sent, fetch } = network();
  const client = await loggedIn({ fetch });
  await client.storage.save({ ...(await client.storage.load()), token: expired });

  const answers = await Promise.all(Array.from({ length: 20 }, () => client.api.GET("/api/v1/me/")));

  assert.deepEqual([...new Set(answers.map(({ response }) => response.status))], [200]);
  assert.equal(sent.filter((line) => line === REFRESH).length, 1);
});

test("a body is sent again after a refresh", async () => {
  const client = await loggedIn();
  await client.storage.save({ ...(await client.storage.load()), token: expired });

  const { data } = await client.api.PATCH("/api/v1/me/", { body: { locale: "en" } });

  assert.equal(data?.locale, "en");
});

test("a refresh whose answer was lost is repeated, and the session goes on", async () => {
  const loseFirst = (request: Request, nth: number) =>
    isRefresh(request) && nth === 1
      ? globalThis.fetch(request).then(() => Promise.reject(new TypeError("the connection was lost")))
      : undefined;
  const { sent, fetch } = network(loseFirst);
  const client = await loggedIn({ fetch });
  for (const _again of [1, 2]) {
    await client.storage.save({ ...(await client.storage.load()), token: expired });
    const { response } = await client.api.GET("/api/v1/me/");
    assert.equal(response.status, 200);
  }

  assert.equal(sent.filter((line) => line === REFRESH).length, 3);
});

test("a token that stays refused is answered, not repeated for ever", async () => {
  const deaf = (request: Request) =>
    isRefresh(request) ? undefined : globalThis.fetch(new Request(request, { headers: { Authorization: "Bearer x" } }));
  const client = await loggedIn();
  const { sent, fetch } = network(deaf);
  const behind = createAuthsiteClient({ baseUrl, storage: client.storage, fetch });

  const { error } = await behind.api.GET("/api/v1/me/");

  assert.equal(error?.code, "invalid_token");
  assert.deepEqual(sent, ["GET /api/v1/me/", REFRESH, "GET /api/v1/me/"]);
});

test("what is busy is asked again after Retry-After, once", async () => {
  const problem = { type: "urn:authsite:problem:unavailable", title: "…", status: 503, code: "unavailable", error: "…", action: "wait" };
  const headers = { "Content-Type": "application/problem+json", "Retry-After": "0" };
  const busy = (request: Request, nth: number) =>
    request.url.endsWith("/me/") && nth === 1
      ? Promise.resolve(new Response(JSON.stringify(problem), { status: 503, headers }))
      : undefined;
  const { sent, fetch } = network(busy);
  const client = await loggedIn({ fetch });

  const { data } = await client.api.GET("/api/v1/me/");

  assert.equal(data?.email, email);
  assert.equal(sent.filter((line) => line === "GET /api/v1/me/").length, 2);
});

test("logging out while a refresh is under way leaves nobody logged in", async () => {
  const client = await loggedIn();
  await client.storage.save({ ...(await client.storage.load()), token: expired });

  await Promise.all([client.api.GET("/api/v1/me/"), client.logOut()]);

  assert.equal(await client.isLoggedIn(), false);
});

test("a changed password ends the other devices and not this one", async () => {
  const [other, client] = [await loggedIn(), await loggedIn()];

  const body = { current_password: password, new_password: `${password} changed` };
  const { response } = await client.api.POST("/api/v1/auth/password/", { body });

  assert.equal(response.status, 204);
  await client.storage.save({ ...(await client.storage.load()), token: expired });
  assert.equal((await client.api.GET("/api/v1/me/")).response.status, 200);
  await other.storage.save({ ...(await other.storage.load()), token: expired });
  assert.equal((await other.api.GET("/api/v1/me/")).error?.action, "login");
  await client.api.POST("/api/v1/auth/password/", {
    body: { current_password: body.new_password, new_password: password },
  });
});
