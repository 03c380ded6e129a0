import { reactionFields } from "../../../shared/reaction/parse.ts";
import { reactionSchema as stored } from "../../../shared/reaction/reaction.ts";
import * as z from "../../../shared/zod.ts";
import { instant, madeBy, whole } from "./common-document.ts";

// For the API's document only: nothing here is in the bundle.

const optional = z.exactOptional;
const { shape } = stored;
const anything = z.record(z.string(), z.unknown());

const template = anything.check(
	z.describe(
		"A command as in `POST /v1/commands`; a string `{% … %}` in it is CEL over the event. Without a device it goes to the event's.",
	),
);

const definition = {
	when: {
		source: "property",
		identifier: "temperature",
		condition: "previous <= 30 && value > 30",
	},
	do: { service: "Set", args: { power: "{% value > 40 ? 2 : 1 %}" } },
} as const;

export const newReaction = {
	schema: z.extend(reactionFields, { do: template }).check(z.meta({ id: "ReactionRequest" })),
	example: definition,
};

export const reactionDocument = {
	schema: z
		.object({
			id: shape.id,
			version: whole,
			name: shape.name,
			enabled: shape.enabled,
			error: optional(z.string()).check(z.describe("Why it can do nothing as it is stored")),
			when: shape.when,
			do: z.union([template, z.string()]),
			cooldownSeconds: whole,
			maxDepth: whole,
			loopWindowSeconds: whole,
			source: madeBy,
			createdAt: instant,
			updatedAt: instant,
		})
		.check(z.meta({ id: "Reaction" })),
	example: {
		id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
		version: 1,
		enabled: true,
		...definition,
		cooldownSeconds: 0,
		maxDepth: 5,
		loopWindowSeconds: 10,
		source: { type: "http", by: "gate 7" },
		createdAt: "2026-12-01T07:00:00.000Z",
		updatedAt: "2026-12-01T07:00:00.000Z",
	},
};

/** What else a sample event holds, the expressions see. */
export const sampleDocument = {
	schema: z
		.looseObject({
			source: z.optional(shape.when.shape.source),
			productKey: z.optional(z.string()),
			deviceName: z.optional(z.string()),
			iotId: z.optional(z.string()),
			identifier: z.optional(z.string()),
			id: z.optional(z.string()),
			time: z.optional(z.number()),
			previous: z.optional(z.unknown()),
		})
		.check(
			z.meta({
				id: "SampleEvent",
				description:
					"What is absent is taken from the reaction's filter; expressions see the rest, too",
			}),
		),
	example: { value: 41, previous: 28, productKey: "a1B2c3D4e5F", deviceName: "device-001" },
};

const device = z.object({
	iotId: optional(z.string()),
	productKey: optional(z.string()),
	deviceName: optional(z.string()),
});

export const trialAnswers = {
	200: {
		description: "What would be sent, or why nothing",
		schema: z
			.object({
				sends: z.boolean(),
				because: optional(z.string()).check(z.describe("Why nothing is sent")),
				device: optional(device),
				command: z.nullable(anything),
			})
			.check(z.meta({ id: "Trial" })),
		example: {
			sends: true,
			device: { productKey: "a1B2c3D4e5F", deviceName: "device-001" },
			command: { service: "Set", args: { power: 2 } },
		},
	},
};
