// Reads a token of an encrypted audience: decrypted with the audience's own key, then verified with authsite's.
//
//   npm ci
//   ISSUER=https://login.example.com AUDIENCE=payroll KEY_FILE=private.jwk node read-encrypted-token.mjs < token
import { readFileSync } from "node:fs";
import { compactDecrypt, createRemoteJWKSet, importJWK, jwtVerify } from "jose";

const { ISSUER, AUDIENCE, KEY_FILE } = process.env;
const jwk = JSON.parse(readFileSync(KEY_FILE, "utf8"));
// The key decides, never the token's header.
const algorithm = jwk.kty === "RSA" ? "RSA-OAEP-256" : "ECDH-ES+A256KW";
const key = await importJWK(jwk, algorithm);
const keys = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`));

export async function claimsOf(token) {
  const { plaintext } = await compactDecrypt(token, key, {
    keyManagementAlgorithms: [algorithm],
    contentEncryptionAlgorithms: ["A256GCM"],
  });
  const signed = new TextDecoder().decode(plaintext);
  const { payload } = await jwtVerify(signed, keys, { issuer: ISSUER, audience: AUDIENCE, typ: "at+jwt" });
  return payload;
}

console.log(JSON.stringify(await claimsOf(readFileSync(0, "utf8").trim())));
