import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Clock } from "../../clock.ts";
import type { CredentialSource } from "../../credentials.ts";
import { withDeadline } from "../../deadline.ts";
import { retry } from "../../retry/retry.ts";
import { TableError } from "../table.ts";
import { toTableError } from "./errors.ts";
import { Client, type SdkClient, type SdkConfig } from "./sdk.ts";

/** A call that has not answered by then is given up: the SDK never settles on a truncated answer. */
const CALL_DEADLINE_MS = 5_000;
const MAX_RETRIES = 6;
const BACKOFF = { minTimeout: 50, maxTimeout: 2_000 };
const MAX_SOCKETS = 64;

export interface ConnectionOptions {
	/** `https://instance.region.ots.aliyuncs.com`, or `http://` for the local cloud. */
	readonly endpoint: string;
	readonly instance: string;
	readonly credentials: CredentialSource;
	readonly clock: Clock;
	readonly random: () => number;
}

/** The SDK's client with what it lacks: deadlines, retries, keep-alive and credentials that change. */
export class Connection {
	readonly #options: ConnectionOptions;
	readonly #agent: HttpAgent | HttpsAgent;
	#client: { readonly sdk: SdkClient; readonly signedWith: string } | undefined;

	constructor(options: ConnectionOptions) {
		this.#options = options;
		// Without an agent of ours the SDK makes one TLS handshake a call.
		const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
		this.#agent = options.endpoint.startsWith("https:")
			? new HttpsAgent(agentOptions)
			: new HttpAgent(agentOptions);
	}

	/** One call, within the deadline. @throws TableError */
	async call<T>(operation: (client: SdkClient) => Promise<T>): Promise<T> {
		const late = () =>
			new TableError("DeadlineExceeded", `no answer within ${CALL_DEADLINE_MS} ms`, {
				retryable: true,
				applied: "maybe",
			});
		const { clock } = this.#options;
		try {
			return await withDeadline(clock, CALL_DEADLINE_MS, operation(this.#sdk()), late);
		} catch (error) {
			throw toTableError(error);
		}
	}

	/** Repeats what is worth repeating, with full-jitter backoff. @throws TableError, the last one */
	retry<T>(operation: () => Promise<T>): Promise<T> {
		return retry(operation, {
			retries: MAX_RETRIES,
			...BACKOFF,
			shouldRetry: (error) => error instanceof TableError && error.retryable,
		});
	}

	close(): void {
		this.#agent.destroy();
	}

	#sdk(): SdkClient {
		const { endpoint, instance, credentials } = this.#options;
		const { accessKeyId, accessKeySecret, securityToken } = credentials();
		const signedWith = `${accessKeyId} ${securityToken ?? ""}`;
		if (this.#client?.signedWith !== signedWith) {
			const config: SdkConfig & { httpOptions: { agent: unknown } } = {
				accessKeyId,
				accessKeySecret,
				...(securityToken ? { stsToken: securityToken } : {}),
				endpoint,
				instancename: instance,
				// Its own retries spare writes and cannot be bounded in time; `retry` above does both.
				maxRetries: 0,
				httpOptions: { timeout: CALL_DEADLINE_MS, maxSockets: MAX_SOCKETS, agent: this.#agent },
			};
			this.#client = { sdk: new Client(config), signedWith };
		}
		return this.#client.sdk;
	}
}
