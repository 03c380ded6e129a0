import type { ConsoleFile } from "../../../shared/console/files.ts";
import * as z from "../../../shared/zod.ts";
import { Problem } from "../problem.ts";
import { route } from "../route.ts";

/** Relative, so that it leads to the same host whatever stands before it. */
const openConsole = route({
	method: "GET",
	path: "/console",
	operationId: "openConsole",
	summary: "leads to the web console; without a key",
	answers: () => ({ 302: { description: "It is at /console/", headers: ["Location"] } }),
	handle: () => new Response(null, { status: 302, headers: { location: "/console/" } }),
});

const getConsole = route({
	method: "GET",
	path: "/console/",
	operationId: "getConsole",
	summary: "the web console, which asks for a key; for deployments with a custom domain",
	answers: () => pageAnswer("text/html; charset=utf-8", "<!doctype html>"),
	problems: ["not-found"],
	handle: (deps) => fileAnswer(deps.console?.().get("index.html")),
});

const getConsoleFile = route({
	method: "GET",
	path: "/console/{file}",
	operationId: "getConsoleFile",
	summary: "a script or a style of the web console; without a key",
	answers: () => pageAnswer("text/javascript; charset=utf-8", "export {}"),
	problems: ["not-found"],
	handle: (deps, { params }) => fileAnswer(deps.console?.().get(params.file)),
});

export const consoleRoutes = [openConsole, getConsole, getConsoleFile];

function fileAnswer(file: ConsoleFile | undefined): Response {
	if (file) return new Response(file.bytes, { headers: file.headers });
	throw new Problem("not-found", "the console has no such file: open /console/");
}

function pageAnswer(contentType: string, example: string) {
	return { 200: { description: "The file", schema: z.string(), example, contentType } };
}
