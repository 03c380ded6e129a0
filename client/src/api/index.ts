/**
 * The API in types. This folder is the one place that mirrors it: once the types
 * are generated from the schemas of the routes, only this folder is replaced.
 */
export type * from "./account.ts";
export type * from "./commands.ts";
export type * from "./fleet.ts";
export type * from "./rules.ts";
