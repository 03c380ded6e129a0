import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import type { Cloud } from "../../../local/index.ts";
import { startThingcast, type ThingcastOptions } from "../../../tools/cloud.ts";

/** A command as the HTTP API shows it, as far as these tests look at it. */
export interface ShownCommand {
	readonly id: string;
	readonly state: string;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly attempts: ReadonlyArray<{ readonly at: string; readonly code?: string }>;
	readonly attemptsOmitted?: number;
	readonly error?: { readonly code: string };
	readonly source: { readonly type: string; readonly ref: string | null };
}

/** The whole local cloud in virtual time: real bundles in real processes, and a clock that a test moves. */
export class VirtualCloud {
	readonly cloud: Cloud;
	readonly clock: VirtualClock;
	readonly dataDir: string;

	constructor(cloud: Cloud, clock: VirtualClock, dataDir: string) {
		this.cloud = cloud;
		this.clock = clock;
		this.dataDir = dataDir;
	}

	get startedAt(): number {
		return START;
	}

	/** The sample product's first device, or another one of them. */
	device(index = 0): { productKey: string; deviceName: string } {
		const found = this.cloud.endpoints.devices[index];
		if (!found) throw new Error(`there is no device ${index}`);
		return { productKey: found.productKey, deviceName: found.deviceName };
	}

	/** POST /v1/commands to the first device. Resolves when it is accepted, which takes no virtual time. */
	send(body: object): Promise<ShownCommand> {
		const text = JSON.stringify({ device: this.device(), ...body });
		return this.#fetch("/v1/commands", { method: "POST", body: text });
	}

	/** The same, for a request that may be refused. */
	async trySend(body: object): Promise<{ status: number; retryAfter: string | null }> {
		const text = JSON.stringify({ device: this.device(), ...body });
		const { http, apiKey } = this.cloud.endpoints;
		const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
		const response = await fetch(`${http}/v1/commands`, { method: "POST", body: text, headers });
		return { status: response.status, retryAfter: response.headers.get("retry-after") };
	}

	command(id: string): Promise<ShownCommand> {
		return this.#fetch(`/v1/commands/${id}`);
	}

	/** When the devices received what, in milliseconds since the start. */
	deliveries(service?: string): Array<{ at: number; params: string }> {
		return this.cloud.fleet.received
			.filter((received) => service === undefined || received.service === service)
			.map(({ at, params }) => ({ at: at - START, params }));
	}

	async close(): Promise<void> {
		await this.cloud.close();
		rmSync(this.dataDir, { recursive: true, force: true });
	}

	async #fetch<T>(path: string, init: RequestInit = {}): Promise<T> {
		const { http, apiKey } = this.cloud.endpoints;
		const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
		const response = await fetch(`${http}${path}`, { ...init, headers });
		const text = await response.text();
		if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
		return JSON.parse(text) as T;
	}
}

/** On the minute, so that ticks come at whole minutes after it. */
const START = Date.UTC(2026, 0, 1);

export async function startVirtualCloud(
	projectDir: string,
	options: Partial<ThingcastOptions> = {},
): Promise<VirtualCloud> {
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-virtual-"));
	const clock = new VirtualClock(START);
	const cloud = await startThingcast({
		projectDir,
		dataDir,
		port: 0,
		devices: 1,
		quotaPerSecond: 500,
		clock,
		random: () => 0.5,
		...options,
	});
	return new VirtualCloud(cloud, clock, dataDir);
}
