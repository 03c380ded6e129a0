import type { ParsedJob } from "../../../shared/job/parse.ts";
import { type ExactObject, exactNumber } from "../../../shared/json/exact.ts";
import { countOffline, findTargets } from "../../../shared/lifecycle/find-targets.ts";
import { type ForecastResult, forecastJob } from "../../../shared/lifecycle/forecast-job.ts";
import type { HttpDeps } from "../deps.ts";
import { registryView } from "./device-sync.ts";

export async function forecastView(deps: HttpDeps, job: ParsedJob): Promise<ExactObject> {
	const { targets } = job.definition;
	const { devices, offline } =
		targets.kind === "devices"
			? { devices: job.devices, offline: await countOffline(deps, job.devices) }
			: await findTargets(deps, targets, deps.clock.now());
	const total = devices.length;
	const result = view(await forecastJob(deps, job.definition, { total, offline }, deps.fleet));
	const isByRegistry = targets.kind === "query" || targets.kind === "group";
	return isByRegistry ? { ...result, registry: await registryView(deps) } : result;
}

function view(result: ForecastResult): ExactObject {
	const { sentAt, confirmedAt, reason, waves, curve, conflicts } = result;
	return {
		targets: number(result.targets),
		covered: number(result.covered),
		offline: number(result.offline),
		calls: number(result.calls),
		callsOf: {
			InvokeThingService: number(result.callsOf.alone),
			InvokeThingsService: number(result.callsOf.together),
		},
		...(sentAt === undefined ? {} : { sentAt: time(sentAt) }),
		...(confirmedAt === undefined ? {} : { confirmedAt: time(confirmedAt) }),
		state: result.state,
		...(reason === undefined ? {} : { reason }),
		approvals: number(result.approvals),
		quotaShare: number(Math.round(result.quotaShare * 1000) / 1000),
		waves: waves.map(({ startedAt, endedAt }) => ({
			startedAt: time(startedAt),
			...(endedAt === undefined ? {} : { endedAt: time(endedAt) }),
		})),
		conflicts: conflicts.map(({ devices, ...one }) => ({ ...one, devices: number(devices) })),
		cost: {
			calls: number(result.calls),
			rowWrites: number(result.targets * ROW_WRITES),
			messages: number(result.targets * MESSAGES),
		},
		curve: curve.map(({ at, sent, ended }) => ({
			at: time(at),
			sent: number(sent),
			ended: number(ended),
		})),
	};
}

/** Of a device whose reply is awaited: its command made, claimed, sent and ended, and the reply's own row. */
const ROW_WRITES = 5;
/** To the device, and its reply. */
const MESSAGES = 2;

const number = (value: number) => exactNumber(String(value));
const time = (ms: number) => new Date(ms).toISOString();
