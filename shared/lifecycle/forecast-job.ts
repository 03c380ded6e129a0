import type { Clock } from "../clock.ts";
import type { Capacity } from "../job/capacity.ts";
import { type Forecast, forecast } from "../job/forecast.ts";
import { hasEnded, type JobDefinition } from "../job/job.ts";
import { waveEnds } from "../job/waves.ts";
import { DamagedRow } from "../store/document-store.ts";
import type { JobStore } from "../store/job-store.ts";
import type { ScheduleStore } from "../store/schedule-store.ts";
import { newJob } from "./start-job.ts";

/** From a call to the device's reply, where the network is as usual. */
const REPLY_MS = 500;
const MAX_CONFLICTS = 20;

export interface ForecastDeps {
	readonly jobs: JobStore;
	readonly schedules: ScheduleStore;
	readonly clock: Clock;
}

export interface ForecastResult extends Omit<Forecast, "calls"> {
	readonly targets: number;
	readonly covered: number;
	readonly offline: number;
	readonly calls: number;
	readonly callsOf: Forecast["calls"];
	/** Of the quota, from the first call to the last. */
	readonly quotaShare: number;
	/** What else sends at that time. */
	readonly conflicts: readonly {
		readonly type: "job" | "schedule";
		readonly id: string;
		readonly name?: string;
		readonly devices: number;
	}[];
}

/** @param offline of these targets, as the registry says. */
export async function forecastJob(
	deps: ForecastDeps,
	definition: JobDefinition,
	targets: { readonly total: number; readonly offline: number },
	quota: { readonly capacity: Capacity; readonly batchDevices: number },
): Promise<ForecastResult> {
	const now = deps.clock.now();
	const { total } = targets;
	const job = {
		...newJob("forecast", definition, now, undefined),
		state: "scheduled",
		found: { set: "forecast", total, resolvedAt: now },
	} as const;
	const result = forecast(job, now, {
		...quota,
		offline: total === 0 ? 0 : targets.offline / total,
		replyMs: definition.command.replyTimeout === 0 ? 0 : REPLY_MS,
	});
	const { calls } = result;
	const first = result.waves[0]?.startedAt ?? now;
	const seconds = Math.max(1, ((result.sentAt ?? first) - first) / 1000);
	return {
		...result,
		targets: total,
		covered: waveEnds(definition.waves, total).at(-1) ?? 0,
		offline: targets.offline,
		calls: calls.alone + calls.together,
		callsOf: calls,
		quotaShare: Math.min(1, calls.alone / seconds / quota.capacity.alonePerSecond),
		conflicts: await conflictsUntil(deps, result.confirmedAt ?? now),
	};
}

async function conflictsUntil(
	{ jobs, schedules }: ForecastDeps,
	until: number,
): Promise<ForecastResult["conflicts"]> {
	const conflicts: ForecastResult["conflicts"][number][] = [];
	for (const listed of await jobs.list(MAX_CONFLICTS)) {
		if (listed instanceof DamagedRow || hasEnded(listed.document)) continue;
		const { id, name, found, made } = listed.document;
		conflicts.push({ type: "job", id, ...named(name), devices: (found?.total ?? 0) - made });
	}
	for await (const page of schedules.due(until)) {
		for (const { document } of page) {
			const { id, name, devices } = document;
			conflicts.push({ type: "schedule", id, ...named(name), devices: devices.length });
		}
		if (conflicts.length >= MAX_CONFLICTS) break;
	}
	return conflicts.slice(0, MAX_CONFLICTS);
}

const named = (name: string | undefined) => (name === undefined ? {} : { name });
