export { type AuthsiteClient, type AuthsiteOptions, createAuthsiteClient } from "./authsite.js";
export { type Problem, ProblemError } from "./problems.js";
export type { components, paths } from "./schema.js";
export { type Kept, memoryStorage, type TokenStorage } from "./storage.js";
