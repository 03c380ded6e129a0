import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import type { Part } from "./part.ts";

const PART = "keys of the API";
const NAME = "API_KEYS";
const FILE = ".env";
const KEY_BYTES = 24;
const OWNER_ONLY = 0o600;

/**
 * A first key of the API, kept in `.env`, which `npx s deploy` reads and git
 * ignores. One that is there is kept: a second deployment has the same keys.
 */
export function openApiKeys(folder: string, environment: Environment): Part {
	const file = join(folder, FILE);
	const isKept = () =>
		existsSync(file) && new RegExp(`^(export +)?${NAME}=.`, "m").test(readFileSync(file, "utf8"));
	return {
		part: PART,
		plan: async () => {
			if (environment[NAME]) return [{ part: PART, name: `${NAME} of this shell`, plan: "keep" }];
			return [{ part: PART, name: `${NAME} in ${FILE}`, plan: isKept() ? "keep" : "create" }];
		},
		apply: async () => {
			if (isKept()) return;
			const key = randomBytes(KEY_BYTES).toString("hex");
			appendFileSync(file, `${NAME}=${key}\n`, { mode: OWNER_ONLY });
		},
	};
}
