import type { Account } from "../../account.ts";
import type { Clock } from "../../clock/clock.ts";
import type { FunctionDefinition } from "../../stack/index.ts";
import { type Functions, findFunction } from "../functions.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import { arn, parseLimit } from "./paging.ts";

/** "classic" is 2016-08-15, "new" 2023-03-30. */
export type Edition = "classic" | "new";

interface Place {
	readonly account: Account;
	readonly clock: Clock;
}

/** GetFunction, without the variables: they may hold secrets. */
export function getFunction(
	functions: Functions,
	place: Place,
	name: string,
	edition: Edition,
): Answer {
	return jsonAnswer(200, describe(place, findFunction(functions, name).definition, edition));
}

export function listFunctions(
	functions: Functions,
	place: Place,
	query: URLSearchParams,
	edition: Edition,
): Answer {
	const prefix = query.get("prefix") ?? "";
	const after = query.get("nextToken") ?? "";
	/** The classic edition begins with this name itself. */
	const first = edition === "classic" ? (query.get("startKey") ?? "") : "";
	const limit = parseLimit(query);
	const names = [...functions.invokers.keys()]
		.sort()
		.filter((name) => name.startsWith(prefix) && name > after && name >= first);
	const page = names.slice(0, limit);
	const last = page.at(-1);
	return jsonAnswer(200, {
		functions: page.map((name) =>
			describe(place, findFunction(functions, name).definition, edition),
		),
		...(names.length > page.length && last ? { nextToken: last } : {}),
	});
}

function describe(
	place: Place,
	definition: FunctionDefinition,
	edition: Edition,
): Record<string, unknown> {
	const common = {
		functionName: definition.functionName,
		description: definition.description,
		runtime: definition.runtime,
		handler: definition.handler,
		cpu: definition.cpu,
		memorySize: definition.memoryMb,
		diskSize: definition.diskMb,
		timeout: definition.timeoutSeconds,
		instanceConcurrency: definition.instanceConcurrency,
	};
	if (edition === "new") {
		return {
			...common,
			functionArn: arn(place.account, definition.functionName),
			state: "Active",
			lastUpdateStatus: "Successful",
		};
	}
	const { initializer } = definition;
	// Nobody creates or changes functions here: they are as old as the question.
	const now = new Date(place.clock.now()).toISOString();
	return {
		...common,
		functionId: definition.functionName,
		initializer: initializer?.handler ?? null,
		initializationTimeout: initializer?.timeoutSeconds ?? null,
		instanceType: "e1",
		codeSize: 0,
		codeChecksum: "0",
		createdTime: now,
		lastModifiedTime: now,
		environmentVariables: {},
		...(definition.custom
			? {
					caPort: definition.custom.port,
					customRuntimeConfig: { command: definition.custom.command, args: [] },
				}
			: {}),
	};
}
