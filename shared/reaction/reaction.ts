import type { DeviceRef } from "../command/device.ts";
import { type ExactJson, type ExactObject, exactNumber, freeze } from "../json/exact.ts";

export const SOURCES = ["event", "property", "status", "reply", "message"] as const;
export type EventSource = (typeof SOURCES)[number];

/** Which events a reaction looks at; what is absent matches everything. */
interface Trigger {
	readonly source: EventSource;
	readonly productKey?: string;
	readonly deviceName?: string;
	readonly iotId?: string;
	/** Of an event or a property its identifier, of a status `online` or `offline`, of a reply the service's. */
	readonly identifier?: string;
	/** CEL over the event; absent: true. */
	readonly condition?: string;
}

/** What the owner of a reaction says; all of it is replaced by a PUT. */
export interface ReactionDefinition {
	readonly name?: string;
	readonly enabled: boolean;
	readonly when: Trigger;
	/** JSON text of the command, with the digits of its numbers; a string `{% … %}` in it is CEL. */
	readonly command: string;
	/** For each device: no second command within this time. */
	readonly cooldownSeconds: number;
	/** How many reactions may follow from one another through devices. */
	readonly maxDepth: number;
	/** An event of a device that comes within this time after a reaction's command to it counts as its effect. */
	readonly loopWindowSeconds: number;
}

export interface Reaction extends ReactionDefinition {
	readonly id: string;
	readonly createdAt: number;
	readonly updatedAt: number;
}

/** Something that a device, or somebody with a queue, has reported. */
export interface DeviceEvent {
	/** The same at each redelivery. */
	readonly id: string;
	readonly source: EventSource;
	readonly device: DeviceRef;
	readonly identifier?: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** What is said beside the above, as the expressions see it. */
	readonly fields: ExactObject;
}

/** All that an expression can see. No rule can change what the next one sees: all of it is frozen. */
export function eventDocument(event: DeviceEvent, previous?: ExactJson): ExactObject {
	const { id, source, device, identifier, at, fields } = event;
	return freeze({
		...fields,
		...device,
		id,
		source,
		time: exactNumber(String(at)),
		...(identifier === undefined ? {} : { identifier }),
		...(previous === undefined ? {} : { previous }),
	});
}
