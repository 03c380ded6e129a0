import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Mns from "@alicloud/mns";
import type { Endpoints } from "../../local/index.ts";
import { RunningCloud } from "../../test/support/cloud/running-cloud.ts";
import { ApiClient } from "../../tools/demo/client.ts";

const BATCH = 16;
const BUSY_STATES = ["accepted", "waiting", "sending", "sent"];
/** Members of the quota write a row now and then. */
const QUIET_ROWS = 40;
const HANDLER = fileURLToPath(new URL("./handler.cjs", import.meta.url));

type Counts = Readonly<Record<string, number>>;

/** What the local cloud counts; see its README. */
export interface Stats {
	readonly tablestore: { readonly requests: Counts; readonly rows: Counts };
	readonly functions: Readonly<
		Record<
			string,
			{ readonly invocations: number; readonly instances: number; readonly cpuMs: number }
		>
	>;
}

export const sum = (counts: Counts): number =>
	Object.values(counts).reduce((total, count) => total + count, 0);

/** A local cloud in a process of its own, and what the measurements do to it. */
export class Running {
	readonly endpoints: Endpoints;
	readonly api: ApiClient;
	readonly #cloud: RunningCloud;

	static async start(...args: string[]): Promise<Running> {
		const cloud = new RunningCloud(...args);
		return new Running(cloud, await cloud.start());
	}

	private constructor(cloud: RunningCloud, endpoints: Endpoints) {
		this.#cloud = cloud;
		this.endpoints = endpoints;
		this.api = new ApiClient(endpoints);
	}

	get pid(): number {
		return this.#cloud.pid ?? 0;
	}

	device(index = 0): { readonly productKey: string; readonly deviceName: string } {
		const { devices } = this.endpoints;
		const found = devices[index % devices.length];
		if (!found) throw new Error("the local cloud has no device");
		return { productKey: found.productKey, deviceName: found.deviceName };
	}

	/** Puts commands into the queue, one a message. */
	async enqueue(count: number, body: (index: number) => object): Promise<void> {
		const { accountId, accessKeyId, accessKeySecret, mns, queues } = this.endpoints;
		const client = new Mns(accountId, { accessKeyId, accessKeySecret, endpoint: mns });
		for (let start = 0; start < count; start += BATCH) {
			const messages = Array.from({ length: Math.min(BATCH, count - start) }, (_, index) => ({
				MessageBody: Buffer.from(JSON.stringify(body(start + index))).toString("base64"),
			}));
			await client.batchSendMessage(queues.commands, messages);
		}
	}

	/** Waits until no command is under way any more. */
	async drained(): Promise<void> {
		for (;;) {
			const busy = await Promise.all(BUSY_STATES.map((state) => this.api.any(state)));
			if (!busy.includes(true)) return;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	async stats(): Promise<Stats> {
		return (await (await fetch(`${this.endpoints.admin}/stats`)).json()) as Stats;
	}

	/** Waits until nothing is written any more: devices reply to what needs no reply, too. */
	async quiet(): Promise<void> {
		let before: number;
		let written = sum((await this.stats()).tablestore.rows);
		do {
			before = written;
			await settle();
			written = sum((await this.stats()).tablestore.rows);
		} while (written - before > QUIET_ROWS);
	}

	/** What is counted while `work` runs and in the second after it. */
	async counted(work: () => Promise<void>): Promise<Stats> {
		await settle();
		await fetch(`${this.endpoints.admin}/stats/reset`, { method: "POST" });
		await work();
		await settle();
		return this.stats();
	}

	async fault(fault: object): Promise<void> {
		const body = JSON.stringify(fault);
		const response = await fetch(`${this.endpoints.admin}/faults`, { method: "POST", body });
		if (!response.ok) throw new Error(await response.text());
	}

	/** Processor time a command of the handler that people write today, or of the bare call, in ms. */
	async handlerMs(commands: number, bare: boolean): Promise<number> {
		const argument = JSON.stringify({ endpoints: this.endpoints, commands, bare });
		const { stdout } = await promisify(execFile)(process.execPath, [HANDLER, argument]);
		return Number(stdout);
	}

	end(): Promise<void> {
		return this.#cloud.remove();
	}
}

/** Counters of processors are read five times a second, and replies are still on their way. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 1_500));
