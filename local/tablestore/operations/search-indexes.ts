import { EmptyMessage } from "../wire/table-messages.ts";
import type { Environment } from "./environment.ts";

/** There are none: consoles and drivers ask for them with the tables, and must not fail there. */
export function listSearchIndex(_environment: Environment, _body: Buffer): Buffer {
	return EmptyMessage.encode({});
}
