import * as z from "../zod.ts";
import { SCOPES, type Scope } from "./scopes.ts";

const optional = z.exactOptional;

/** What a key may do; it is given once and never changed. */
const definitionSchema = z.object({
	/** For people: it stands in records and logs. */
	name: z.string(),
	scopes: z.readonly(z.array(z.enum(SCOPES))),
	/** Product keys; absent: all of them. */
	products: optional(z.readonly(z.array(z.string()))),
	ratePerSecond: optional(z.number()),
	/** Milliseconds since the epoch. */
	expiresAt: optional(z.number()),
});

/** A key as it is stored: without its secret. */
export const keySchema = z.extend(definitionSchema, {
	id: z.string(),
	/** SHA-256 of the whole key, in hex. */
	hash: z.string(),
	createdAt: z.number(),
	/** Name of the key that made this one. */
	by: z.string(),
});

export type KeyDefinition = Readonly<z.infer<typeof definitionSchema>>;
export type StoredKey = Readonly<z.infer<typeof keySchema>>;

/** Whoever makes a request, as its key says. */
export interface Caller {
	/** Of the key. */
	readonly id: string;
	readonly name: string;
	readonly scopes: readonly Scope[];
	readonly products?: readonly string[];
	readonly ratePerSecond?: number;
	/** Its key is one of `API_KEYS`: it is the account itself, as who writes to the account's queues is. */
	readonly isAccount?: true;
}

/** An idempotency key of the account itself, by whichever of `API_KEYS`, queue or timer it comes. */
export const accountKey = (key: string, ...more: string[]): string =>
	JSON.stringify(["key", key, ...more]);

/** An idempotency key as it is stored: it belongs to its caller. */
export const ownedKey = ({ id, isAccount }: Caller, key: string, ...more: string[]): string =>
	isAccount ? accountKey(key, ...more) : JSON.stringify(["key of", id, key, ...more]);

export const isExpired = ({ expiresAt }: Pick<StoredKey, "expiresAt">, now: number): boolean =>
	expiresAt !== undefined && now >= expiresAt;
