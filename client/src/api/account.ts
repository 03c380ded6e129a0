export type Scope =
	| `${"commands" | "schedules" | "reactions" | "jobs" | "devices"}:${"read" | "write"}`
	| "admin";

export interface KeyRequest {
	readonly name: string;
	readonly scopes: readonly Scope[];
	/** Product keys that it is limited to. */
	readonly products?: readonly string[];
	readonly ratePerSecond?: number;
	readonly expiresAt?: string;
}

export interface Key extends KeyRequest {
	readonly id: string;
	readonly createdAt?: string;
	readonly [more: string]: unknown;
}

export interface CreatedKey extends Key {
	/** The secret. It is shown here and never again. */
	readonly key: string;
}

export interface AuditEntry {
	readonly id: string;
	readonly at: string;
	/** Name and id of the key that did it. */
	readonly by: string;
	readonly keyId: string;
	/** The operation, by its name in the API's document. */
	readonly action: string;
	/** Id of what it was done to, or of what it made. */
	readonly subject?: string;
	/** Of the answer: below 400 it was done. */
	readonly status: number;
	readonly requestId: string;
	readonly address: string;
}

/** A message or a timer payload that could not be made into anything. */
export interface DeadLetter {
	readonly id: string;
	readonly at: string;
	readonly source: { readonly type: string; readonly ref: string };
	readonly reason: string;
	readonly text: string;
	/** The command that it became at last. */
	readonly redrivenAs?: string;
}

/** Calls of InvokeThingService in the last minute. */
export interface Usage {
	readonly granted: number;
	readonly used: number;
	readonly throttled: number;
}

export interface Quota {
	/** Calls a second of the account. */
	readonly limit: number;
	readonly share: number;
	/** Calls a second planned with now; null while nothing is sent. */
	readonly rate: number | null;
	readonly instances: number;
	readonly lastMinute: Usage & {
		readonly lanes: { readonly interactive: Usage; readonly bulk: Usage };
	};
}
