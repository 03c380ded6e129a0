import * as z from "zod";
import type { Clock } from "../clock/clock.ts";
import type { Fleet } from "../devices/index.ts";
import { type FaultBoard, FaultRefused } from "../faults/index.ts";
import type { FcService } from "../fc/index.ts";
import type { Stack } from "../stack/index.ts";
import type { ClockControl } from "./clock-control.ts";
import { AdminProblem } from "./problem.ts";

export interface AdminParts {
	readonly stack: Stack;
	readonly fc: FcService;
	readonly fleet: Fleet;
	readonly faults: FaultBoard;
	readonly clock: Clock;
	readonly clockControl: ClockControl;
}

/** A month: what is further away is reached in several moves. */
const MAX_ADVANCE_MS = 31 * 86_400_000;
const MAX_PAYLOAD_CHARS = 65_536;

const advanceSchema = z.strictObject({ ms: z.number().int().min(1).max(MAX_ADVANCE_MS) });
const fireSchema = z.strictObject({ payload: z.string().max(MAX_PAYLOAD_CHARS).optional() });
/** What belongs to the fault itself is checked by its kind. */
const faultSchema = z.looseObject({ fault: z.string() });

const iso = (ms: number) => new Date(ms).toISOString();

export function state({ stack, fc, fleet, faults, clock, clockControl }: AdminParts): object {
	return {
		now: iso(clock.now()),
		virtualTime: clockControl.virtual,
		faults: shownFaults(faults),
		functions: stack.functions.map(({ resource, functionName }) => ({
			name: resource,
			functionName,
			instances: fc
				.instances()
				.filter((instance) => instance.functionName === functionName)
				.map(({ id, pid }) => ({ id, pid })),
		})),
		timers: timersOf(stack).map(({ resource, trigger }) => ({
			function: resource,
			trigger: trigger.name,
			cronExpression: trigger.cronExpression,
			enabled: trigger.enabled,
		})),
		devices: fleet.devices.map(({ identity, online }) => ({
			deviceName: identity.deviceName,
			online,
		})),
	};
}

export async function advance({ clockControl }: AdminParts, body: unknown): Promise<object> {
	const { ms } = read(advanceSchema, body);
	return { now: iso(await clockControl.advance(ms)) };
}

export async function fireTimer(
	{ stack, fc }: AdminParts,
	functionName: string,
	triggerName: string,
	body: unknown,
): Promise<object> {
	const { payload } = read(fireSchema, body);
	const timers = timersOf(stack);
	const found = timers.find(
		(timer) =>
			timer.trigger.name === triggerName &&
			[timer.resource, timer.functionName].includes(functionName),
	);
	if (!found) {
		const known = timers.map(({ resource, trigger }) => `${resource}/${trigger.name}`).join(", ");
		throw new AdminProblem(
			404,
			`there is no timer "${functionName}/${triggerName}"; there are: ${known}`,
		);
	}
	await fc.fireTimer(found.functionName, triggerName, payload);
	return { fired: `${found.resource}/${triggerName}` };
}

export async function startFault({ faults }: AdminParts, body: unknown): Promise<object> {
	const request = read(faultSchema, body);
	try {
		const { endsAt, ...fault } = await faults.start(request);
		return { ...fault, ...(endsAt === undefined ? {} : { endsAt: iso(endsAt) }) };
	} catch (error) {
		throw error instanceof FaultRefused ? new AdminProblem(400, error.message) : error;
	}
}

export function listFaults({ faults }: AdminParts): object {
	const known = faults.kinds.map(({ name, does, takes }) => ({ fault: name, does, takes }));
	return { active: shownFaults(faults), known };
}

export function clearFaults({ faults }: AdminParts): object {
	const ended = faults.active.map(({ fault }) => fault);
	faults.clear();
	return { ended };
}

function shownFaults(faults: FaultBoard): object[] {
	return faults.active.map(({ endsAt, ...fault }) => ({
		...fault,
		...(endsAt === undefined ? {} : { endsAt: iso(endsAt) }),
	}));
}

function timersOf(stack: Stack) {
	return stack.functions.flatMap(({ resource, functionName, triggers }) =>
		triggers.flatMap((trigger) =>
			trigger.type === "timer" ? [{ resource, functionName, trigger }] : [],
		),
	);
}

/** @throws AdminProblem that names every field that is wrong. */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
	const parsed = schema.safeParse(body);
	if (parsed.success) return parsed.data;
	const wrong = parsed.error.issues.map(
		({ path, message }) => `${path.length > 0 ? `/${path.join("/")}: ` : ""}${message}`,
	);
	throw new AdminProblem(400, wrong.join("; "));
}
