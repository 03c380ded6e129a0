import { hasEnded, type Job, type TargetDevice, type Targets } from "../job/job.ts";
import type { Device } from "../registry/device.ts";
import { parseQuery, type Query } from "../registry/query.ts";
import type { CommandStore } from "../store/command-store.ts";
import type { DeviceStore } from "../store/device-store.ts";
import { jobCommandIds } from "../store/job-commands.ts";
import type { JobStore } from "../store/job-store.ts";
import type { JobTargetStore } from "../store/job-target-store.ts";
import type { Table } from "../table/table.ts";
import { jobDevices } from "./job-devices.ts";

export interface FindDeps {
	readonly table: Table;
	readonly commands: CommandStore;
	readonly devices: DeviceStore;
	readonly jobs: JobStore;
	readonly jobTargets: JobTargetStore;
}

/** As many as one GetRange gives. */
const PAGE_ROWS = 5_000;
/** Devices of an earlier job that are read at the same time. */
const AT_ONCE = 1_000;

export interface Found {
	readonly devices: readonly TargetDevice[];
	/** Of them, those that the registry knows to be offline. */
	readonly offline: number;
}

/** The devices that a job is for, in no order. @throws QueryError, TableError */
export async function findTargets(
	deps: FindDeps,
	targets: Exclude<Targets, { kind: "devices" }>,
	now: number,
): Promise<Found> {
	if (targets.kind === "job") return { devices: await ofJob(deps, targets, now), offline: 0 };
	const devices: TargetDevice[] = [];
	let offline = 0;
	const isMeant = queryOf(targets);
	for await (const page of deps.devices.all(PAGE_ROWS)) {
		for (const { document } of page) {
			if (!isMeant(document, now)) continue;
			devices.push({ productKey: document.productKey, deviceName: document.deviceName });
			if (isAway(document)) offline++;
		}
	}
	return { devices, offline };
}

const isAway = ({ status }: Device): boolean => status !== "online" && status !== "unknown";

function queryOf(targets: Exclude<Targets, { kind: "devices" | "job" }>): Query {
	if (targets.kind === "query") return parseQuery(targets.query);
	return ({ groups }) => groups.includes(targets.group);
}

/** Of these devices, how many the registry knows to be offline. */
export async function countOffline(
	{ devices }: Pick<FindDeps, "devices">,
	listed: readonly TargetDevice[],
): Promise<number> {
	let offline = 0;
	for (let at = 0; at < listed.length; at += AT_ONCE) {
		const found = await Promise.all(
			listed
				.slice(at, at + AT_ONCE)
				.map(({ productKey, deviceName }) =>
					productKey && deviceName ? devices.find(productKey, deviceName) : undefined,
				),
		);
		offline += found.filter((stored) => stored && isAway(stored.document)).length;
	}
	return offline;
}

async function ofJob(
	deps: FindDeps,
	{ job: id, states }: Extract<Targets, { kind: "job" }>,
	now: number,
): Promise<TargetDevice[]> {
	const job = (await deps.jobs.get(id))?.document;
	if (!job) return [];
	const devices: TargetDevice[] = [];
	for await (const ids of jobCommandIds(
		deps.table,
		id,
		(row) => !row.superseded && states.includes(row.state),
	)) {
		for (const stored of await Promise.all(ids.map((one) => deps.commands.getReadable(one)))) {
			if (stored && states.includes(stored.document.state)) devices.push(stored.document.device);
		}
	}
	return hasEnded(job) ? [...devices, ...(await unmade(deps, job, states, now))] : devices;
}

/** Devices of a job that ended before they had their turn. */
async function unmade(
	deps: FindDeps,
	job: Job,
	states: readonly string[],
	now: number,
): Promise<TargetDevice[]> {
	const devices: TargetDevice[] = [];
	const total = job.found?.total ?? 0;
	for (let at = job.made; at < total; at += AT_ONCE) {
		for (const one of await jobDevices(deps, job, at, AT_ONCE, now)) {
			if (!one.command && states.includes(one.state)) devices.push(one.device);
		}
	}
	return devices;
}
