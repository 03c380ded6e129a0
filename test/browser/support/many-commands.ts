import type { Endpoints } from "../../../local/index.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { Command } from "../../../shared/command/command.ts";
import { createCommand } from "../../../shared/command/create.ts";
import { newId } from "../../../shared/ids.ts";
import { CommandStore } from "../../../shared/store/command-store.ts";
import { openTable } from "../../../shared/table/tablestore/open.ts";

const AT_ONCE = 1_000;
/** One a second would reach back a day. */
const APART_MS = 800;

/** Stores so many commands that have ended, newest now, every hundredth of them failed. */
export async function storeCommands(endpoints: Endpoints, count: number): Promise<void> {
	const { tablestore, instance, devices } = endpoints;
	const table = openTable(
		{ TABLESTORE_ENDPOINT: tablestore, TABLESTORE_INSTANCE: instance },
		{ credentials: () => endpoints, clock: systemClock },
	);
	const store = new CommandStore(table);
	const [{ productKey, deviceName } = { productKey: "", deviceName: "" }] = devices;
	const now = Date.now();
	for (let from = 0; from < count; from += AT_ONCE) {
		const some = Array.from(
			{ length: Math.min(AT_ONCE, count - from) },
			(_, index) => from + index,
		);
		await Promise.all(
			some.map((number) =>
				store.create(ended(number, now - number * APART_MS, { productKey, deviceName })),
			),
		);
	}
}

function ended(number: number, at: number, device: Command["device"]): Command {
	const request = {
		device,
		service: "Set",
		args: '{"level":3}',
		argsForm: "json",
		expiresIn: 3600,
		replyTimeout: 60,
		onUnknown: "report",
		whenOffline: "fail",
		lane: "interactive",
		qos: 0,
	} as const;
	const source = { type: "http", ref: null } as const;
	const { wakeAt: _, ...command } = createCommand(newId(at, Math.random), at, request, source);
	const attempts = [{ at: at + 20, durationMs: 30 }];
	if (number % 100 !== 7) return { ...command, state: "succeeded", attempts };
	const code = "iot.device.InactiveDevice";
	const error = { code, message: "the device is not active" };
	return {
		...command,
		state: "failed",
		error,
		attempts: [{ ...attempts[0], at, durationMs: 30, ...error }],
	};
}
