import type { DeviceRef } from "../command/device.ts";
import { type ExactJson, type ExactObject, exactNumber, freeze } from "../json/exact.ts";
import * as z from "../zod.ts";

const optional = z.exactOptional;

export const SOURCES = ["event", "property", "status", "reply", "message"] as const;
export type EventSource = (typeof SOURCES)[number];

/** Which events a reaction looks at; what is absent matches everything. */
const trigger = z.object({
	source: z.enum(SOURCES),
	productKey: optional(z.string()),
	deviceName: optional(z.string()),
	iotId: optional(z.string()),
	/** Of an event or a property its identifier, of a status `online` or `offline`, of a reply the service's. */
	identifier: optional(z.string()),
	/** CEL over the event; absent: true. */
	condition: optional(z.string()),
});

/** What the owner of a reaction says; all of it is replaced by a PUT. */
const definitionSchema = z.object({
	name: optional(z.string()),
	enabled: z.boolean(),
	when: trigger,
	/** JSON text of the command, with the digits of its numbers; a string `{% … %}` in it is CEL. */
	command: z.string(),
	/** For each device: no second command within this time. */
	cooldownSeconds: z.number(),
	/** How many reactions may follow from one another through devices. */
	maxDepth: z.number(),
	/** An event of a device that comes within this time after a reaction's command to it counts as its effect. */
	loopWindowSeconds: z.number(),
});

export const reactionSchema = z.extend(definitionSchema, {
	id: z.string(),
	/** Name of the API key that said what the reaction says now. */
	by: optional(z.string()),
	createdAt: z.number(),
	updatedAt: z.number(),
});

export type ReactionDefinition = Readonly<z.infer<typeof definitionSchema>>;
export type Reaction = Readonly<z.infer<typeof reactionSchema>>;

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
