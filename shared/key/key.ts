import * as z from "zod";
import { SCOPES, type Scope } from "./scopes.ts";

const optional = z.exactOptional;

/** What a key may do; it is given once and never changed. */
const definitionSchema = z.object({
	/** For people: it stands in records and logs. */
	name: z.string(),
	scopes: z.array(z.enum(SCOPES)).readonly(),
	/** Product keys; absent: all of them. */
	products: optional(z.array(z.string()).readonly()),
	ratePerSecond: optional(z.number()),
	/** Milliseconds since the epoch. */
	expiresAt: optional(z.number()),
});

/** A key as it is stored: without its secret. */
export const keySchema = definitionSchema.extend({
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
}

export const isExpired = ({ expiresAt }: Pick<StoredKey, "expiresAt">, now: number): boolean =>
	expiresAt !== undefined && now >= expiresAt;
