import {
	type ExactJson,
	type ExactObject,
	exactNumber,
	parseExact,
} from "../../../shared/json/exact.ts";
import type { Reaction } from "../../../shared/reaction/reaction.ts";
import { toRule } from "../../../shared/reaction/rule.ts";
import type { Stored } from "../../../shared/stored.ts";

/** A command as a text, should an earlier version have stored what this one cannot read. */
function shown(command: string): ExactJson {
	try {
		return parseExact(command);
	} catch {
		return command;
	}
}

const number = (value: number) => exactNumber(String(value));

/** A reaction as the HTTP API shows it. */
export function reactionView({ document: reaction, version }: Stored<Reaction>): ExactObject {
	const { id, name, enabled, when, command, by, createdAt, updatedAt } = reaction;
	const { broken } = toRule(reaction);
	return {
		id,
		version: exactNumber(String(version)),
		...(name === undefined ? {} : { name }),
		enabled,
		...(broken === undefined ? {} : { error: broken }),
		when: { ...when },
		do: shown(command),
		cooldownSeconds: number(reaction.cooldownSeconds),
		maxDepth: number(reaction.maxDepth),
		loopWindowSeconds: number(reaction.loopWindowSeconds),
		source: { type: "http", ...(by === undefined ? {} : { by }) },
		createdAt: new Date(createdAt).toISOString(),
		updatedAt: new Date(updatedAt).toISOString(),
	};
}
