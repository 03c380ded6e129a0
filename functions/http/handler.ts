import { type HttpAnswer, toAnswer, toRequest } from "../../shared/fc/http-event.ts";
import { createApp } from "./app.ts";
import type { HttpDeps } from "./deps.ts";

export function createHandler(deps: HttpDeps): (event: Buffer) => Promise<HttpAnswer> {
	const app = createApp(deps);
	return async (event) => toAnswer(await app.fetch(toRequest(event)));
}
