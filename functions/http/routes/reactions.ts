import {
	deviceNameSchema,
	fieldErrors,
	iotIdSchema,
	type Parsed,
	productKeySchema,
} from "../../../shared/command/request.ts";
import {
	type ExactJson,
	type ExactObject,
	isExactObject,
	toPlain,
} from "../../../shared/json/exact.ts";
import { reachesReaction } from "../../../shared/key/products.ts";
import { BatchBudget } from "../../../shared/reaction/budget.ts";
import { ExpressionError } from "../../../shared/reaction/expression.ts";
import { passesFilter } from "../../../shared/reaction/index-by-key.ts";
import { parseReaction } from "../../../shared/reaction/parse.ts";
import {
	type DeviceEvent,
	eventDocument,
	type Reaction,
	type ReactionDefinition,
	SOURCES,
} from "../../../shared/reaction/reaction.ts";
import { toRequest, toRule } from "../../../shared/reaction/rule.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import { load } from "../documents.ts";
import { route } from "../route.ts";
import { documentRoutes } from "./document-routes.ts";
import {
	newReaction,
	reactionDocument,
	sampleDocument,
	trialAnswers,
} from "./reaction-document.ts";
import { reactionView } from "./reaction-view.ts";

const { routes, collection } = documentRoutes<Reaction, ReactionDefinition>({
	what: "reaction",
	Name: "Reaction",
	store: ({ reactions }) => reactions,
	body: { read: parseReaction, document: () => newReaction },
	document: () => reactionDocument,
	view: (_, stored) => reactionView(stored),
	reaches: reachesReaction,
	build({ clock }, definition, id, by) {
		const now = clock.now();
		return { ...definition, id, by, createdAt: now, updatedAt: now };
	},
	replace: ({ clock }, definition, { id, createdAt }, by) => ({
		...definition,
		id,
		by,
		createdAt,
		updatedAt: clock.now(),
	}),
});

const testReaction = route({
	method: "POST",
	path: "/v1/reactions/{id}/test",
	operationId: "testReaction",
	summary: "Say what an event would send; nothing is sent",
	scope: "reactions:read",
	withinProducts: true,
	body: { read: readSample, document: () => sampleDocument },
	answers: () => trialAnswers,
	problems: ["not-found"],
	async handle(deps, { params, body, caller }) {
		const { document: reaction } = await load(collection(deps, caller), params.id);
		return json(tryOut(reaction, completed(reaction, body, deps.clock.now())));
	},
});

export const reactionRoutes = [...routes, testReaction];

/** A sample event: what an expression can name, and what the filter looks at. */
const sampleSchema = z.object({
	source: z.optional(z.enum(SOURCES)),
	productKey: z.optional(productKeySchema),
	deviceName: z.optional(deviceNameSchema),
	iotId: z.optional(iotIdSchema),
	identifier: z.optional(z.string()),
	id: z.optional(z.string()),
	time: z.optional(z.number()),
});

interface Given {
	readonly sample: z.infer<typeof sampleSchema>;
	/** All that was sent, with the digits of its numbers. */
	readonly body: ExactJson;
}

function readSample(body: ExactJson): Parsed<Given> {
	const parsed = sampleSchema.safeParse(toPlain(body));
	if (parsed.success) return { ok: true, value: { sample: parsed.data, body } };
	return { ok: false, errors: parsed.error.issues.flatMap(fieldErrors) };
}

interface Sample {
	readonly event: DeviceEvent;
	readonly document: ExactObject;
}

/** What is absent from the sample is taken from the reaction's own filter. */
function completed({ when }: Reaction, { sample, body }: Given, now: number): Sample {
	const { productKey, deviceName, iotId, identifier } = { ...when, ...sample };
	const { source = when.source, id = "sample", time = now } = sample;
	const { previous, ...fields } = isExactObject(body) ? body : {};
	const event: DeviceEvent = {
		id,
		source,
		device: {
			...(productKey === undefined ? {} : { productKey }),
			...(deviceName === undefined ? {} : { deviceName }),
			...(iotId === undefined ? {} : { iotId }),
		},
		...(identifier === undefined ? {} : { identifier }),
		at: time,
		fields,
	};
	return { event, document: eventDocument(event, previous) };
}

/** What a reaction would do, step by step, without doing it. */
function tryOut(reaction: Reaction, { event, document }: Sample): ExactObject {
	const rule = toRule(reaction);
	const budget = new BatchBudget();
	const not = { command: null } as const;
	if (!reaction.enabled) return { ...not, sends: false, because: "the reaction is not enabled" };
	if (!passesFilter(reaction, event)) {
		return { ...not, sends: false, because: "the event does not pass the filter in `when`" };
	}
	try {
		if (!rule.holds(document, budget)) {
			return { ...not, sends: false, because: "the condition is not true" };
		}
		const command = rule.render(document, budget);
		const { device } = toRequest(command, event);
		return { sends: true, device: { ...device }, command };
	} catch (error) {
		if (!(error instanceof ExpressionError)) throw error;
		return { ...not, sends: false, because: error.message };
	}
}
