import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import { route } from "../route.ts";

const getHealth = route({
	method: "GET",
	path: "/healthz",
	operationId: "getHealth",
	summary: "Say that the function answers; without a key",
	answers: () => ({
		200: {
			description: "It does",
			schema: z.object({ status: z.literal("ok") }),
			example: { status: "ok" },
		},
	}),
	handle: () => json({ status: "ok" }),
});

const getDocument = route({
	method: "GET",
	path: "/openapi.json",
	operationId: "getDocument",
	summary: "Get the API as an OpenAPI 3.1 document; without a key",
	answers: () => ({
		200: {
			description: "This document",
			schema: z.record(z.string(), z.unknown()),
			example: { openapi: "3.1.0" },
		},
	}),
	handle: async (deps) =>
		new Response(await deps.document(), { headers: { "content-type": "application/json" } }),
});

export const serviceRoutes = [getHealth, getDocument];
