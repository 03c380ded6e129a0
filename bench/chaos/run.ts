import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Cloud } from "../../local/index.ts";
import { buildProject, removeProject } from "../../test/support/cloud/project.ts";
import { seededRandom } from "../../test/support/random.ts";
import { startThingcast } from "../../tools/cloud.ts";
import { ChaosDevice } from "./chaos-device.ts";
import { check, type Findings, listAll } from "./check.ts";
import { Doors, type Intent } from "./doors.ts";

export interface ChaosOptions {
	readonly seed: number;
	readonly kills: number;
	readonly perSecond: number;
	readonly log: (line: string) => void;
}

export interface ChaosResult extends Findings {
	readonly workerKills: number;
	readonly kills: number;
	readonly intents: number;
	readonly seconds: number;
}

const DEVICES = 50;
/** Half of the kills hit the worker, where what is under way can be in doubt. */
const VICTIMS = ["worker", "worker", "worker", "http", "queue", "timer"] as const;
const KILL_EVERY_MS = 400;
const DOORS = ["http", "http", "http", "queue", "queue", "queue", "schedule", "reaction"] as const;
/** A lease, two ticks and the last retries. */
const MAX_END_MS = 300_000;

/** One run: kills in the middle of a steady load, then everything is left to end, then checked. */
export async function chaos({ seed, kills, perSecond, log }: ChaosOptions): Promise<ChaosResult> {
	const random = seededRandom(seed);
	const project = await buildProject();
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-chaos-"));
	const startedAt = performance.now();
	const cloud = await startThingcast({
		projectDir: project,
		dataDir,
		port: 0,
		devices: DEVICES,
		quotaPerSecond: 500,
		log: () => {},
	});
	const devices = cloud.endpoints.devices.map((secret) => new ChaosDevice(secret, random));
	try {
		for (const device of devices) await device.connect(cloud.endpoints.mqtt);
		const doors = new Doors(cloud.endpoints, random);
		await doors.prepare();
		await pause(2_000);
		const intents: Intent[] = [];
		const ended = { value: false };
		const load = feed(doors, devices, intents, random, perSecond, ended);
		const workerKills = await killing(cloud, kills, random, log);
		ended.value = true;
		await load;
		log(`${intents.length} commands asked for, ${kills} kills; waiting for the end of all`);
		await untilAllEnded(cloud);
		const commands = await listAll(cloud.endpoints);
		const findings = check(intents, commands, devices);
		const seconds = (performance.now() - startedAt) / 1_000;
		return { ...findings, workerKills, kills, intents: intents.length, seconds };
	} finally {
		for (const device of devices) await device.disconnect();
		await cloud.close();
		removeProject(project);
		rmSync(dataDir, { recursive: true, force: true });
	}
}

async function feed(
	doors: Doors,
	devices: readonly ChaosDevice[],
	intents: Intent[],
	random: () => number,
	perSecond: number,
	ended: { readonly value: boolean },
): Promise<void> {
	const pending: Promise<unknown>[] = [];
	const startedAt = performance.now();
	while (!ended.value) {
		const due = ((performance.now() - startedAt) / 1_000) * perSecond;
		while (intents.length < due) {
			const door = DOORS[Math.floor(random() * DOORS.length)] ?? "http";
			const device = devices[Math.floor(random() * devices.length)];
			const intent: Intent = { mark: `n${intents.length}`, door, acknowledged: false };
			intents.push(intent);
			if (device) pending.push(doors[door](intent, device).catch(() => {}));
		}
		await pause(10);
	}
	await Promise.all(pending);
}

async function killing(
	cloud: Cloud,
	kills: number,
	random: () => number,
	log: (line: string) => void,
): Promise<number> {
	let workerKills = 0;
	for (let kill = 0; kill < kills; kill++) {
		await pause(KILL_EVERY_MS * (0.5 + random()));
		const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? "worker";
		try {
			await cloud.faults.start({ fault: `kill ${victim}` });
			if (victim === "worker") workerKills++;
		} catch {
			// Its instance ended by itself at this very moment.
		}
		if ((kill + 1) % 20 === 0) log(`${kill + 1} kills`);
	}
	return workerKills;
}

async function untilAllEnded(cloud: Cloud): Promise<void> {
	const until = performance.now() + MAX_END_MS;
	// What is in the queues and on its way, and what a killed worker had claimed.
	await pause(20_000);
	while (performance.now() < until) {
		const commands = await listAll(cloud.endpoints);
		if (commands.every(({ terminal }) => terminal)) break;
		await pause(5_000);
	}
	// Late replies may still come, and are counted as what they are.
	await pause(10_000);
}
