import type { Clock } from "../clock/clock.ts";
import type { Fleet } from "../devices/index.ts";
import type { FcService } from "../fc/index.ts";
import type { IotService } from "../iot/index.ts";
import type { Stack } from "../stack/index.ts";
import type { TablestoreService } from "../tablestore/index.ts";
import { FaultBoard } from "./board.ts";
import { deviceFaults } from "./devices.ts";
import { functionFaults } from "./functions.ts";
import { iotFaults } from "./iot.ts";
import { tablestoreFaults } from "./tablestore.ts";

export { type FaultBoard, FaultRefused, type FaultRequest } from "./board.ts";

/** All that can go wrong in the local cloud, by name. */
export function faultBoard(parts: {
	readonly stack: Stack;
	readonly fc: FcService;
	readonly tablestore: TablestoreService;
	readonly iot: IotService;
	readonly fleet: Fleet;
	readonly clock: Clock;
	readonly random: () => number;
}): FaultBoard {
	const { clock, random } = parts;
	const kinds = [
		...functionFaults(parts.stack, parts.fc),
		...tablestoreFaults(parts.tablestore, clock, random),
		...iotFaults(parts.iot, clock),
		...deviceFaults(parts.fleet),
	];
	return new FaultBoard(kinds, clock);
}
