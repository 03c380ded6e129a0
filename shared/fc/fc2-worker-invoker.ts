import FC from "@alicloud/fc2";
import { Batcher, type Item } from "../batch/batcher.ts";
import type { Clock } from "../clock.ts";
import type { Command } from "../command/command.ts";
import type { CredentialSource } from "../credentials.ts";
import type { Log } from "../log.ts";
import { retry } from "../retry/retry.ts";
import type { Stored } from "../stored.ts";
import { type JobInvoker, writeJobPayload } from "./job-invoker.ts";
import {
	type OperationInvoker,
	startOf,
	type WorkerInvoker,
	writeCommand,
	writeOperation,
	writePayload,
} from "./worker-invoker.ts";

/** Commands of one invocation: enough to share its cost, few enough to leave work for other instances. */
const MAX_COMMANDS = 100;
/** An asynchronous payload takes 128 KB (Function Compute, "Asynchronous invocation"). */
const MAX_PAYLOAD_BYTES = 120_000;
const MAX_CALLS_IN_FLIGHT = 4;
const CALL_TIMEOUT_MS = 5_000;
/** Few: the tick is what makes sure, this only saves a minute. */
const RETRIES = 2;
const BACKOFF = { minTimeout: 100, maxTimeout: 1_000 };
/** `x-fc-async-delay` takes 0 to 3600 seconds (Function Compute, "Asynchronous invocation"). */
const MAX_DELAY_SECONDS = 3_600;
const VERSION_3 = "2023-03-30";

interface Fc2Options {
	readonly accountId: string;
	readonly region: string;
	/** With scheme; absent: the region's public endpoint. */
	readonly endpoint?: string;
	/** `name` of a 3.0 function, or `service/name` of a 2.0 one. */
	readonly workerFunction: string;
	readonly credentials: CredentialSource;
	readonly clock: Clock;
	readonly log: Log;
}

/** A command on its way to the worker. */
interface HandOver extends Item {
	readonly stored: Stored<Command>;
	/** As it stands in the payload. */
	readonly text: string;
}

function handOver(stored: Stored<Command>): HandOver {
	const text = writeCommand(stored);
	return { stored, text, bytes: Buffer.byteLength(text) + 1, sent: false, withdrawn: false };
}

/**
 * The worker through npm `@alicloud/fc2`, which speaks the 2.0 API; for 3.0
 * functions the same client takes the newer version and path. Commands that are
 * handed over at the same time travel in one invocation.
 */
class Fc2WorkerInvoker implements WorkerInvoker, OperationInvoker, JobInvoker {
	readonly #options: Fc2Options;
	readonly #batches: Batcher<HandOver, true>;
	#client: { readonly fc: FC; readonly signedWith: string } | undefined;

	constructor(options: Fc2Options) {
		this.#options = options;
		this.#batches = new Batcher<HandOver, true>({
			clock: options.clock,
			maxItems: MAX_COMMANDS,
			maxBytes: MAX_PAYLOAD_BYTES,
			maxInFlight: MAX_CALLS_IN_FLIGHT,
			send: (items) => this.#send(items),
		});
	}

	async wake(commands: readonly Stored<Command>[]): Promise<boolean> {
		const results = await Promise.allSettled(
			commands.map((stored) => this.#batches.submit(handOver(stored))),
		);
		const failures = results.filter((result) => result.status === "rejected");
		if (failures.length === 0) return true;
		this.#options.log.warn("the worker was not invoked; the tick will find the commands", {
			commands: failures.length,
			error: String(failures[0]?.reason),
		});
		return false;
	}

	async drive(jobId: string, at: number): Promise<boolean> {
		const seconds = Math.ceil(Math.max(0, at - this.#options.clock.now()) / 1000);
		try {
			await this.#invoke(writeJobPayload(jobId), seconds);
			return true;
		} catch (error) {
			this.#options.log.warn("a job was not looked at; the tick will find it", {
				job: jobId,
				error: String(error),
			});
			return false;
		}
	}

	/** One invocation for all that begin in the same second. */
	async #send(items: readonly HandOver[]): Promise<Array<true | Error>> {
		const now = this.#options.clock.now();
		const bySecond = new Map<number, HandOver[]>();
		for (const item of items) {
			// Rather early than late: the worker waits for what is almost due.
			const second = Math.floor((startOf(item.stored.document, now) - now) / 1000);
			const group = bySecond.get(second);
			if (group) group.push(item);
			else bySecond.set(second, [item]);
		}
		const failed = new Map<HandOver, Error>();
		await Promise.all(
			[...bySecond].map(([second, group]) =>
				this.#invoke(writePayload(group.map(({ text }) => text)), second).catch((error: Error) => {
					for (const item of group) failed.set(item, error);
				}),
			),
		);
		return items.map((item) => failed.get(item) ?? true);
	}

	async resume(operation: string): Promise<boolean> {
		try {
			await this.#invoke(writeOperation(operation));
			return true;
		} catch (error) {
			this.#options.log.warn("the worker was not invoked; the tick will find the operation", {
				operation,
				error: String(error),
			});
			return false;
		}
	}

	#invoke(body: Buffer, delaySeconds = 0): Promise<void> {
		const delay = Math.min(MAX_DELAY_SECONDS, delaySeconds);
		return retry(() => this.#post(body, delay), {
			...BACKOFF,
			retries: RETRIES,
			shouldRetry: worthRetrying,
		});
	}

	async #post(body: Buffer, delaySeconds: number): Promise<void> {
		const { workerFunction } = this.#options;
		const [service, name] = workerFunction.includes("/")
			? workerFunction.split("/")
			: [undefined, workerFunction];
		const headers: Record<string, string> = {
			"x-fc-invocation-type": "Async",
			...(delaySeconds > 0 ? { "x-fc-async-delay": String(delaySeconds) } : {}),
		};
		const client = this.#fc();
		if (service) {
			await client.invokeFunction(service, name ?? "", body, headers, "LATEST");
		} else {
			client.version = VERSION_3;
			await client.post(`/functions/${name}/invocations`, body, headers, {});
		}
	}

	#fc(): FC {
		const { accountId, region, endpoint, credentials } = this.#options;
		const { accessKeyId, accessKeySecret, securityToken } = credentials();
		const signedWith = `${accessKeyId} ${securityToken ?? ""}`;
		if (this.#client?.signedWith !== signedWith) {
			const fc = new FC(accountId, {
				accessKeyID: accessKeyId,
				accessKeySecret,
				...(securityToken ? { securityToken } : {}),
				region,
				// Its default is plain http.
				secure: true,
				timeout: CALL_TIMEOUT_MS,
				...(endpoint ? { endpoint } : {}),
			});
			this.#client = { fc, signedWith };
		}
		return this.#client.fc;
	}
}

/** Refusals for good are not worth it; throttling, network failures and answers without a code are. */
function worthRetrying({ message }: Error): boolean {
	const status = Number(/failed with (\d{3})\b/.exec(message)?.[1] ?? 500);
	return status === 429 || status >= 500;
}

/** The worker that the configuration names. */
export function openWorker(
	settings: {
		readonly FC_ACCOUNT_ID: string;
		readonly FC_REGION: string;
		readonly FC_ENDPOINT?: string | undefined;
		readonly WORKER_FUNCTION: string;
	},
	deps: Pick<Fc2Options, "credentials" | "clock" | "log">,
): WorkerInvoker & OperationInvoker & JobInvoker {
	return new Fc2WorkerInvoker({
		accountId: settings.FC_ACCOUNT_ID,
		region: settings.FC_REGION,
		...(settings.FC_ENDPOINT ? { endpoint: settings.FC_ENDPOINT } : {}),
		workerFunction: settings.WORKER_FUNCTION,
		...deps,
	});
}
