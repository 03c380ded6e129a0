import type { Platform } from "../platform.ts";

export type Json = string | number | boolean | null | undefined | Json[] | JsonObject;
export interface JsonObject {
	[name: string]: Json;
}

export interface Call {
	readonly platform: Platform;
	readonly params: ReadonlyMap<string, string>;
}

/** One operation of the API. */
export interface Operation {
	/** Parameters without which the gateway refuses the call. */
	readonly required: readonly string[];
	/** Calls per second and account, from the operation's page. */
	readonly perSecond: number;
	/**
	 * @returns the members that stand beside RequestId and Success.
	 * @throws PlatformError for a refusal.
	 */
	readonly run: (call: Call) => JsonObject | Promise<JsonObject>;
}
