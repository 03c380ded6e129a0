import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Clock } from "../../clock.ts";
import type { CredentialSource } from "../../credentials.ts";
import { withDeadline } from "../../deadline.ts";
import { CircuitBreaker } from "../../retry/circuit-breaker.ts";
import { type RetryPolicy, retry } from "../../retry/retry.ts";
import { TableError } from "../table.ts";
import { tellsOfOutage, toTableError, UNAVAILABLE } from "./errors.ts";
import { Client, type SdkClient, type SdkConfig } from "./sdk.ts";

const DEFAULT_PATIENCE_MS = 20_000;
/** A call that has not answered by then is given up: the SDK never settles on a truncated answer. */
const MAX_CALL_MS = 5_000;
/** A call may take this share of the patience, so that its own error is seen. */
const CALL_SHARE = 0.9;
const BACKOFF = { minTimeout: 50, maxTimeout: 1_000 } as const;
const MAX_SOCKETS = 64;
const BREAKER = { failures: 3, spanMs: 250, probeEveryMs: 500 } as const;

export interface ConnectionOptions {
	/** `https://instance.region.ots.aliyuncs.com`, or `http://` for the local cloud. */
	readonly endpoint: string;
	readonly instance: string;
	readonly credentials: CredentialSource;
	readonly clock: Clock;
	/** Every operation ends within this time, its repetitions included, in milliseconds. @default 20,000 */
	readonly patienceMs?: number;
	/**
	 * What operations do while the service is known to be failing: wait for its
	 * return as long as they have patience, or fail at once. @default "wait"
	 */
	readonly inOutage?: "wait" | "fail";
	/** How long to wait between repetitions. @default 50 ms, doubled up to 1 s */
	readonly backoff?: Pick<RetryPolicy, "minTimeout" | "maxTimeout">;
}

/** The SDK's client with what it lacks: deadlines, retries, a circuit breaker, keep-alive and credentials that change. */
export class Connection {
	readonly patienceMs: number;
	readonly clock: Clock;
	readonly #options: ConnectionOptions;
	readonly #callMs: number;
	readonly #agent: HttpAgent | HttpsAgent;
	readonly #breaker: CircuitBreaker;
	#client: { readonly sdk: SdkClient; readonly signedWith: string } | undefined;

	constructor(options: ConnectionOptions) {
		this.#options = options;
		this.clock = options.clock;
		this.patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
		this.#callMs = Math.min(MAX_CALL_MS, this.patienceMs * CALL_SHARE);
		this.#breaker = new CircuitBreaker({ clock: options.clock, ...BREAKER });
		// Without an agent of ours the SDK makes one TLS handshake a call.
		const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
		this.#agent = options.endpoint.startsWith("https:")
			? new HttpsAgent(agentOptions)
			: new HttpAgent(agentOptions);
	}

	/** One call, within its deadline. @throws TableError */
	async call<T>(operation: (client: SdkClient) => Promise<T>): Promise<T> {
		if (!this.#breaker.admit()) throw unavailable();
		const { clock } = this.#options;
		const startedAt = clock.now();
		try {
			const result = await withDeadline(clock, this.#callMs, operation(this.#sdk()), () =>
				this.#noAnswer(),
			);
			this.#breaker.succeeded();
			return result;
		} catch (error) {
			const failure = toTableError(error);
			if (tellsOfOutage(failure)) this.#breaker.failed(startedAt);
			else this.#breaker.succeeded();
			throw failure;
		}
	}

	/** For what would have to wait for its call. @throws TableError if calls are refused now */
	checkAvailable(): void {
		if (this.#breaker.refuses) throw unavailable();
	}

	/**
	 * Repeats what is worth repeating.
	 * @param goOn is told every error, and may end it. @default ends with the patience
	 * @throws TableError, the last one
	 */
	retry<T>(operation: () => Promise<T>, goOn = this.#withPatience()): Promise<T> {
		const { backoff = BACKOFF, inOutage = "wait" } = this.#options;
		return retry(operation, {
			minTimeout: backoff.minTimeout,
			maxTimeout: backoff.maxTimeout,
			shouldRetry: (error) =>
				goOn(error) &&
				error instanceof TableError &&
				error.retryable &&
				(error.code !== UNAVAILABLE || inOutage === "wait"),
		});
	}

	#withPatience(): (error: Error) => boolean {
		const until = this.clock.now() + this.patienceMs;
		return () => this.clock.now() < until;
	}

	close(): void {
		this.#agent.destroy();
	}

	#noAnswer(): TableError {
		return new TableError("DeadlineExceeded", `no answer within ${this.#callMs} ms`, {
			retryable: true,
			applied: "maybe",
		});
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
				httpOptions: { timeout: this.#callMs, maxSockets: MAX_SOCKETS, agent: this.#agent },
			};
			this.#client = { sdk: new Client(config), signedWith };
		}
		return this.#client.sdk;
	}
}

function unavailable(): TableError {
	return new TableError(UNAVAILABLE, "the table store has been failing", {
		retryable: true,
		applied: "no",
		retryAfterSeconds: 1,
	});
}
