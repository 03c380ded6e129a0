import type { Command } from "commander";
import { stepsByHand } from "../deployment/by-hand.ts";
import { deploymentEnvironment, type Environment, isLocal } from "../deployment/environment.ts";
import { type Item, type Part, planOf } from "../deployment/part.ts";
import { openParts } from "../deployment/parts.ts";
import { EXIT } from "../exit.ts";
import { collect } from "../options.ts";
import type { Column } from "../output/table.ts";
import { UsageError } from "../problems.ts";
import { type Context, runs, type Session } from "../session.ts";

interface Options {
	readonly yes?: boolean;
	readonly profile?: string;
	readonly product: readonly string[];
}

/** What is to be done, with the part that does it. */
interface Task {
	readonly part: Part;
	readonly item: Item;
}

const HELP = `
Needs TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, ALIBABA_CLOUD_ACCESS_KEY_ID and
ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment. It may be repeated at any time.`;

const COLUMNS: readonly Column<Item>[] = [
	{ title: "PART", value: ({ part }) => part },
	{ title: "NAME", value: ({ name }) => name },
	{ title: "PLAN", value: ({ plan }) => plan },
	{ title: "DETAIL", value: ({ detail }) => detail ?? "" },
];

export function register(command: Command, session: Session): void {
	command
		.option("-y, --yes", "do it; without it the plan is shown")
		.option("--product <key>", "whose devices report to a queue; again for each", collect, [])
		.option("--profile <name>", "local: the local cloud that runs in this folder")
		.addHelpText("after", HELP);
	runs<Options>(command, session, async (context) => {
		const { io, options } = context;
		const environment = deploymentEnvironment(io, options.profile);
		if (!environment["TABLESTORE_ENDPOINT"]) {
			throw new UsageError(
				"TABLESTORE_ENDPOINT is missing",
				"set what --help names; for a local cloud that runs in this folder: thingcast setup --profile local",
			);
		}
		const parts = await openParts(environment, options.product);
		try {
			return await setUp(context, environment, parts);
		} finally {
			for (const part of parts) part.close?.();
		}
	});
}

async function setUp(
	context: Context<Options>,
	environment: Environment,
	parts: readonly Part[],
): Promise<number> {
	const { io, show, options } = context;
	io.progress("looking at what there is …");
	const tasks: Task[] = [];
	for (const part of parts) {
		for (const item of await planOf(part)) tasks.push({ part, item });
	}
	await show.list(
		tasks.map(({ item }) => item),
		COLUMNS,
	);
	const undone = new Set(tasks.filter(({ item }) => isUnseen(item)).map(({ part }) => part.part));
	const changes = tasks.filter(({ item }) => item.plan === "create" || item.plan === "update");
	const count = `${changes.length} of ${tasks.length}`;
	let exit: number = tasks.some(({ item }) => item.plan === "unknown") ? EXIT.failed : EXIT.ok;
	if (changes.length === 0) io.say(`nothing to do: ${tasks.length} things were looked at`);
	else if (!options.yes && !(await agreed(io.ask, `create or update ${count}? [y/N] `))) {
		io.say(`nothing was done; --yes creates or updates ${count}`);
	} else if (!(await applyAll(context, changes, undone))) exit = EXIT.failed;
	if (!isLocal(environment)) tellByHand(context, environment, undone);
	return exit;
}

const isUnseen = ({ plan }: Item) => plan === "unknown" || plan === "skipped";

/** Goes on after a failure: what comes later may not need it. @returns whether all was done. */
async function applyAll(
	{ io, show }: Context<Options>,
	changes: readonly Task[],
	undone: Set<string>,
): Promise<boolean> {
	let ok = true;
	for (const { part, item } of changes) {
		io.progress(`${item.part} ${item.name} …`);
		const { part: kind, name } = item;
		try {
			await part.apply(item);
			const did = item.plan === "create" ? "created" : "updated";
			show.one({ part: kind, name, did }, () => [`${did} ${kind} ${name}`]);
		} catch (error) {
			ok = false;
			undone.add(kind);
			const failed = (error as Error).message;
			show.one({ part: kind, name, failed }, () => [`FAILED ${kind} ${name}: ${failed}`]);
		}
	}
	return ok;
}

const agreed = async (ask: Context<Options>["io"]["ask"], question: string): Promise<boolean> =>
	ask !== undefined && /^y(es)?$/i.test((await ask(question)).trim());

function tellByHand(
	{ io, show }: Context<Options>,
	environment: Environment,
	undone: ReadonlySet<string>,
) {
	io.say("\nby hand, in this order, where it is not done yet:");
	const steps = stepsByHand(environment, undone);
	for (const [index, step] of steps.entries()) {
		show.one({ byHand: step.step, do: step.do }, ({ byHand }) => [
			`${index + 1}. ${byHand}: ${step.do}`,
		]);
	}
}
