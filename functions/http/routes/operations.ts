import { type ExactObject, exactNumber } from "../../../shared/json/exact.ts";
import { type Operation, operationSchema } from "../../../shared/operation/operation.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { type Collection, load } from "../documents.ts";
import { listDocuments, pageSchema } from "../list.ts";
import { etag } from "../preconditions.ts";
import { type Answer, type Caller, route } from "../route.ts";
import { documentsPage, instant, notModified, whole } from "./common-document.ts";

const listOperations = route({
	method: "GET",
	path: "/v1/operations",
	operationId: "listOperations",
	summary: "List cancellations and redrives by filter",
	scope: "commands:read",
	withinProducts: true,
	query: pageSchema,
	answers: () => documentsPage("operations", shownSchema(), EXAMPLE),
	handle: (deps, call) =>
		listDocuments(operations(deps, call.caller), call, "operations", ({ document }) =>
			operationView(document),
		),
});

const getOperation = route({
	method: "GET",
	path: "/v1/operations/{id}",
	operationId: "getOperation",
	summary: "Get an operation: how far it is",
	scope: "commands:read",
	withinProducts: true,
	headers: ["If-None-Match"],
	answers: () => ({
		200: { ...operationDocument("The operation"), headers: ["ETag"] },
		...notModified,
	}),
	problems: ["not-found"],
	async handle(deps, { params, caller }) {
		const { document, version } = await load(operations(deps, caller), params.id);
		// Whoever waits for it need not wait for the tick where nobody works on it.
		if (document.wakeAt !== undefined && document.wakeAt <= deps.clock.now()) {
			await deps.worker.resume(document.id);
		}
		return json(operationView(document), 200, { etag: etag(version) });
	},
});

export const operationRoutes = [listOperations, getOperation];

/** To a key that is limited to products, operations beyond them do not exist. */
export const operations = (
	{ operations }: HttpDeps,
	{ products }: Pick<Caller, "products">,
): Collection<Operation> => ({
	store: operations,
	what: "operation",
	...(products
		? {
				reaches: ({ filter }) => filter.products?.every((one) => products.includes(one)) ?? false,
			}
		: {}),
});

export const operationView = (operation: Operation): ExactObject => ({
	id: operation.id,
	kind: operation.kind,
	filter: operation.asked as ExactObject,
	state: operation.state,
	matched: number(operation.matched),
	done: number(operation.done),
	skipped: number(operation.skipped),
	failed: number(operation.failed),
	...(operation.by === undefined ? {} : { by: operation.by }),
	createdAt: isoTime(operation.createdAt),
	updatedAt: isoTime(operation.updatedAt),
	...(operation.completedAt === undefined ? {} : { completedAt: isoTime(operation.completedAt) }),
});

const number = (count: number) => exactNumber(String(count));
const isoTime = (ms: number) => new Date(ms).toISOString();

const EXAMPLE = {
	id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
	kind: "cancel",
	filter: { state: ["accepted", "waiting"], service: "Set" },
	state: "completed",
	matched: 500,
	done: 498,
	skipped: 2,
	failed: 0,
	by: "dashboard",
	createdAt: "2026-12-01T07:00:00.000Z",
	updatedAt: "2026-12-01T07:00:01.200Z",
	completedAt: "2026-12-01T07:00:01.200Z",
};

export const operationDocument = (description: string): Answer => ({
	description,
	schema: shownSchema(),
	example: EXAMPLE,
});

function shownSchema(): z.ZodMiniType {
	const { shape } = operationSchema;
	return z
		.object({
			id: z.string(),
			kind: shape.kind,
			filter: shape.asked.check(z.describe("As it was asked for")),
			state: shape.state,
			matched: whole.check(z.describe("Commands found so far")),
			done: whole,
			skipped: whole.check(z.describe("Had moved on: sent meanwhile, or not ended yet")),
			failed: whole.check(z.describe("Cannot be read")),
			by: shape.by,
			createdAt: instant,
			updatedAt: instant,
			completedAt: z.exactOptional(instant),
		})
		.check(z.meta({ id: "Operation" }));
}
