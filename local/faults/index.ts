import type { Account } from "../account.ts";
import type { Clock } from "../clock/clock.ts";
import type { Fleet } from "../devices/index.ts";
import type { FcService } from "../fc/index.ts";
import type { IotService } from "../iot/index.ts";
import type { MnsService } from "../mns/index.ts";
import type { Stack } from "../stack/index.ts";
import type { TablestoreService } from "../tablestore/index.ts";
import { FaultBoard } from "./board.ts";
import { deviceFaults } from "./devices.ts";
import { functionFaults } from "./functions.ts";
import { iotFaults } from "./iot.ts";
import { machineFaults } from "./machine.ts";
import { requestFaults } from "./requests.ts";
import { tablestoreFaults } from "./tablestore.ts";
import { victims } from "./victims.ts";

export { type FaultBoard, FaultRefused, type FaultRequest } from "./board.ts";

/** All that can go wrong in the local cloud, by name. */
export function faultBoard(parts: {
	readonly stack: Stack;
	readonly account: Account;
	readonly fc: FcService;
	readonly tablestore: TablestoreService;
	readonly iot: IotService;
	readonly mns: MnsService;
	readonly fleet: Fleet;
	readonly clock: Clock;
	readonly random: () => number;
}): FaultBoard {
	const { clock, random, stack, account, fc, tablestore, iot, mns } = parts;
	const kinds = [
		...functionFaults(stack, fc),
		...victims(parts).flatMap(({ victim, verbs }) =>
			requestFaults(victim, clock, random, new Set(verbs)),
		),
		...tablestoreFaults(tablestore),
		...iotFaults(iot, clock),
		...machineFaults({ stack, account, fc, disks: { tablestore, iot, mns, fc } }),
		...deviceFaults(parts.fleet),
	];
	return new FaultBoard(kinds, clock);
}
