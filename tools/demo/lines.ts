import { setTimeout as sleep } from "node:timers/promises";
import sdk, { RegisterDeviceRequest } from "@alicloud/iot20180120";
import Mns from "@alicloud/mns";
import { Config } from "@alicloud/openapi-client";
import type { Cloud } from "../../local/index.ts";
import { ApiClient, type NamedDevice, type ShownCommand } from "./client.ts";
import { jobInWaves } from "./fleet-job.ts";

/** One line of the demo's table. */
export interface Line {
	readonly what: string;
	readonly commands: number;
	readonly state: string;
	readonly detail: string;
	readonly ms: number;
	readonly asExpected: boolean;
}

const BURST = 1_500;
const BURST_DEVICES = 3;
const MNS_BATCH = 16;
const UNDER_WAY = ["accepted", "waiting", "sending", "sent"] as const;
const WAIT_SECONDS = 20;
/** How long the burst may take, at 500 calls a second and with everything on one machine. */
const BURST_LIMIT_MS = 40_000;

export class Demo {
	readonly #cloud: Cloud;
	readonly #api: ApiClient;
	readonly #device: NamedDevice;

	constructor(cloud: Cloud) {
		this.#cloud = cloud;
		this.#api = new ApiClient(cloud.endpoints);
		const [device] = cloud.endpoints.devices;
		if (!device) throw new Error("the local cloud has no device");
		this.#device = named(device);
	}

	/** A synchronous service: the device's result comes with the call. */
	synchronous(): Promise<Line> {
		return timed("HTTP, synchronous service", async () => {
			const body = { device: this.#device, service: "Get" };
			const command = await this.#api.send(body, WAIT_SECONDS);
			const result = command.result ? JSON.parse(command.result) : undefined;
			const asExpected = command.state === "succeeded" && result?.code === 200;
			return { ...one(command), detail: `Result ${JSON.stringify(result?.data)}`, asExpected };
		});
	}

	/** An asynchronous one: the device replies through the events queue. */
	asynchronous(): Promise<Line> {
		return timed("HTTP, asynchronous service", async () => {
			const body = { device: this.#device, service: "Set", args: { temperature: 10 } };
			const command = await this.#api.send(body, WAIT_SECONDS);
			const arrived = this.#cloud.fleet.received.find(({ service }) => service === "Set");
			const asExpected = command.state === "succeeded" && command.reply?.code === 200;
			const detail = `device got ${arrived?.params}, replied ${command.reply?.code}`;
			return { ...one(command), detail, asExpected };
		});
	}

	/** The example timer of s.yaml, fired now instead of at seven in the morning. */
	timer(): Promise<Line> {
		return timed("timer with a command", async () => {
			await this.#cloud.fc.fireTimer("thingcast-timer", "example");
			const command = await this.#ended((candidate) => candidate.source.type === "timer");
			const asExpected = command.state === "succeeded";
			return { ...one(command), detail: `fired as ${command.source.ref}`, asExpected };
		});
	}

	/** A message in the commands queue. */
	queue(): Promise<Line> {
		return timed("message in the queue", async () => {
			const { queues } = this.#cloud.endpoints;
			const body = { device: this.#device, service: "Reboot", idempotencyKey: "demo-queue" };
			await this.#mns().sendMessage(queues.commands, { MessageBody: encode(body) });
			const command = await this.#ended(({ source }) => source.type === "queue");
			const asExpected = command.state === "succeeded";
			return { ...one(command), detail: `message ${command.source.ref}`, asExpected };
		});
	}

	/** More than the account's limit lets through in a second. */
	async burst(progress: (text: string) => void): Promise<Line> {
		return timed(`burst of ${BURST} messages`, async () => {
			const before = this.#cloud.fleet.received.length;
			await this.#sendBurst();
			const commands = await this.#burstEnded(before, progress);
			const succeeded = commands.filter(({ state }) => state === "succeeded").length;
			const throttled = commands
				.flatMap(({ attempts }) => attempts)
				.filter(({ code }) => code?.startsWith("Throttling")).length;
			const received = this.#cloud.fleet.received.slice(before).map(({ params }) => params);
			const twice = received.length - new Set(received).size;
			return {
				commands: commands.length,
				state: `${succeeded} succeeded`,
				detail: `${throttled} calls throttled and repeated; devices got ${received.length}, ${twice} twice`,
				asExpected: succeeded === BURST && received.length === BURST && twice === 0,
			};
		});
	}

	/** A command for each of many devices, in waves. */
	job(): Promise<Line> {
		const devices = this.#cloud.endpoints.devices.map(named);
		return timed(`job over ${devices.length} devices`, () =>
			jobInWaves(this.#cloud, this.#api, devices),
		);
	}

	/** A device that is registered and never connects. */
	offline(): Promise<Line> {
		return timed("device that is offline", async () => {
			const device = { productKey: this.#device.productKey, deviceName: "never-online" };
			await this.#iot().registerDevice(new RegisterDeviceRequest(device));
			const command = await this.#api.send({ device, service: "Get" }, WAIT_SECONDS);
			const asExpected = command.state === "failed" && command.error !== undefined;
			return { ...one(command), detail: `error ${command.error?.code}`, asExpected };
		});
	}

	async #sendBurst(): Promise<void> {
		const { queues } = this.#cloud.endpoints;
		const devices = this.#burstDevices();
		const mns = this.#mns();
		const messages = Array.from({ length: BURST }, (_, index) => {
			const device = devices[index % devices.length];
			const body = { device: device && named(device), service: "Set", args: { param1: index } };
			return { MessageBody: encode(body) };
		});
		const batches: Promise<unknown>[] = [];
		for (let start = 0; start < messages.length; start += MNS_BATCH) {
			const batch = messages.slice(start, start + MNS_BATCH);
			batches.push(mns.batchSendMessage(queues.commands, batch));
		}
		await Promise.all(batches);
	}

	/** Waits until no command is under way any more, then gives those of the burst. */
	async #burstEnded(before: number, progress: (text: string) => void): Promise<ShownCommand[]> {
		const { received } = this.#cloud.fleet;
		const until = Date.now() + BURST_LIMIT_MS;
		while (Date.now() < until) {
			progress(`${received.length - before} of ${BURST} have reached their device`);
			await sleep(500);
			if (received.length - before < BURST) continue;
			const underWay = await Promise.all(UNDER_WAY.map((state) => this.#api.any(state)));
			if (!underWay.includes(true)) break;
		}
		const pages = await Promise.all(
			this.#burstDevices().map((device) => this.#api.list(named(device))),
		);
		return pages.flat().filter(isBurst);
	}

	#burstDevices() {
		return this.#cloud.endpoints.devices.slice(0, BURST_DEVICES);
	}

	async #ended(fits: (command: ShownCommand) => boolean): Promise<ShownCommand> {
		const until = Date.now() + WAIT_SECONDS * 1000;
		for (;;) {
			const found = (await this.#api.list(this.#device)).find(fits);
			if (found?.terminal) return found;
			if (Date.now() > until) {
				throw new Error(found ? `the command is still ${found.state}` : "no such command came");
			}
			await sleep(20);
		}
	}

	#mns(): Mns {
		const { accountId, accessKeyId, accessKeySecret, mns } = this.#cloud.endpoints;
		return new Mns(accountId, { accessKeyId, accessKeySecret, endpoint: mns });
	}

	#iot(): InstanceType<typeof sdk.default> {
		const { accessKeyId, accessKeySecret, iot, region } = this.#cloud.endpoints;
		const endpoint = new URL(iot).host;
		return new sdk.default(
			new Config({ accessKeyId, accessKeySecret, endpoint, protocol: "http", regionId: region }),
		);
	}
}

const named = ({ productKey, deviceName }: NamedDevice): NamedDevice => ({
	productKey,
	deviceName,
});

/** The official client does not escape XML: base64 is what it wants. */
const encode = (body: unknown) => Buffer.from(JSON.stringify(body)).toString("base64");

const isBurst = (command: ShownCommand & { args?: { param1?: number } }) =>
	command.source.type === "queue" && command.args?.param1 !== undefined;

const one = (command: ShownCommand) => ({ commands: 1, state: command.state });

async function timed(what: string, run: () => Promise<Omit<Line, "what" | "ms">>): Promise<Line> {
	const startedAt = performance.now();
	const ms = () => Math.round(performance.now() - startedAt);
	try {
		return { ...(await run()), what, ms: ms() };
	} catch (error) {
		const detail = (error as Error).message;
		return { what, commands: 0, state: "–", detail, ms: ms(), asExpected: false };
	}
}
