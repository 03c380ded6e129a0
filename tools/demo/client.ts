import type { Endpoints } from "../../local/index.ts";

/** A command as the API shows it, as far as the demo looks at it. */
export interface ShownCommand {
	readonly id: string;
	readonly state: string;
	readonly terminal: boolean;
	readonly attempts: ReadonlyArray<{ readonly at?: string; readonly code?: string }>;
	readonly attemptsOmitted?: number;
	readonly source: { readonly type: string; readonly ref: string | null };
	readonly result?: string;
	readonly reply?: { readonly code: number };
	readonly error?: { readonly code: string };
}

export interface NamedDevice {
	readonly productKey: string;
	readonly deviceName: string;
}

/** The HTTP API as anybody would call it. */
export class ApiClient {
	readonly #endpoints: Endpoints;

	constructor(endpoints: Endpoints) {
		this.#endpoints = endpoints;
	}

	/** Sends a command and waits for its end, at most `waitSeconds`. */
	async send(body: unknown, waitSeconds: number): Promise<ShownCommand> {
		return this.#fetch("/v1/commands", {
			method: "POST",
			headers: { "content-type": "application/json", prefer: `wait=${waitSeconds}` },
			body: JSON.stringify(body),
		});
	}

	/** All commands of a device, newest first. */
	async list({ productKey, deviceName }: NamedDevice): Promise<ShownCommand[]> {
		const commands: ShownCommand[] = [];
		let cursor: string | null = null;
		do {
			const query = new URLSearchParams({ productKey, deviceName, limit: "100" });
			if (cursor) query.set("cursor", cursor);
			const page: { commands: ShownCommand[]; cursor: string | null } = await this.#fetch(
				`/v1/commands?${query}`,
			);
			commands.push(...page.commands);
			cursor = page.cursor;
		} while (cursor);
		return commands;
	}

	/** Whether any command of all devices is in this state. */
	async any(state: string): Promise<boolean> {
		const query = new URLSearchParams({ state, limit: "1" });
		const page = await this.#fetch<{ commands: unknown[] }>(`/v1/commands?${query}`);
		return page.commands.length > 0;
	}

	get(path: string): Promise<unknown> {
		return this.#fetch(path);
	}

	/** @param body JSON text. */
	post(path: string, body: string): Promise<unknown> {
		const headers = { "content-type": "application/json" };
		return this.#fetch(path, { method: "POST", headers, body });
	}

	/** When the calls of all commands were made that came from this source since then, in milliseconds. */
	async sentSince(since: number, source: string): Promise<number[]> {
		const times: number[] = [];
		let cursor: string | null = null;
		do {
			const from = new Date(since).toISOString();
			const query = new URLSearchParams({ since: from, source, limit: "100" });
			if (cursor) query.set("cursor", cursor);
			const page: { commands: ShownCommand[]; cursor: string | null } = await this.#fetch(
				`/v1/commands?${query}`,
			);
			times.push(...page.commands.map(({ attempts }) => Date.parse(attempts[0]?.at ?? "")));
			cursor = page.cursor;
		} while (cursor);
		return times;
	}

	async #fetch<T>(path: string, init: RequestInit = {}): Promise<T> {
		const { http, apiKey } = this.#endpoints;
		const headers = { ...init.headers, authorization: `Bearer ${apiKey}` };
		const response = await fetch(`${http}${path}`, { ...init, headers });
		if (!response.ok) {
			throw new Error(
				`${init.method ?? "GET"} ${path}: ${response.status} ${await response.text()}`,
			);
		}
		return (await response.json()) as T;
	}
}
