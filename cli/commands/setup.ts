import type { Command } from "commander";
import { stepsByHand } from "../deployment/by-hand.ts";
import { deploymentEnvironment, isLocal } from "../deployment/environment.ts";
import { openTables, type Tables } from "../deployment/tables.ts";
import { EXIT } from "../exit.ts";
import { UsageError } from "../problems.ts";
import { type Context, runs, type Session } from "../session.ts";

interface Options {
	readonly yes?: boolean;
	readonly profile?: string;
}

const HELP = `
Needs TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, ALIBABA_CLOUD_ACCESS_KEY_ID and
ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment. It may be repeated at any time.`;

export function register(command: Command, session: Session): void {
	command
		.option("-y, --yes", "do it; without it the plan is shown")
		.option("--profile <name>", "local: the local cloud that runs in this folder")
		.addHelpText("after", HELP);
	runs<Options>(command, session, async (context) => {
		const environment = deploymentEnvironment(context.io, context.options.profile);
		const tables = open(environment);
		try {
			const exit = await createTables(context, tables);
			if (!isLocal(environment)) tellByHand(context, environment);
			return exit;
		} finally {
			tables.close();
		}
	});
}

function open(environment: Parameters<typeof openTables>[0]): Tables {
	try {
		return openTables(environment);
	} catch (error) {
		throw new UsageError(
			(error as Error).message,
			"set them; for a local cloud that runs in this folder: thingcast setup --profile local",
		);
	}
}

async function createTables({ io, show, options }: Context<Options>, tables: Tables) {
	io.progress(`reading the tables of ${tables.where} …`);
	const plan = await tables.plan();
	const columns = [
		{ title: "TABLE", value: ({ table }: { table: string }) => table },
		{ title: "PLAN", value: ({ plan }: { plan: string }) => plan },
	];
	await show.list<{ table: string; plan: string }>(plan, columns);
	const changes = plan.filter((one) => one.plan !== "keep").length;
	const count = `${changes} of ${plan.length} tables in ${tables.where}`;
	if (changes === 0) {
		io.say(`nothing to do: all ${plan.length} tables are in ${tables.where}`);
		return EXIT.ok;
	}
	if (!options.yes && !(await agreed(io.ask, `create or update ${count}? [y/N] `))) {
		io.say(`nothing was done; --yes creates or updates ${count}`);
		return EXIT.ok;
	}
	io.progress(`creating tables in ${tables.where} …`);
	const reports = await tables.create();
	await show.list(reports, [
		{ title: "TABLE", value: ({ table }) => table },
		{ title: "DONE", value: ({ did }) => did },
	]);
	return EXIT.ok;
}

const agreed = async (ask: Context<Options>["io"]["ask"], question: string): Promise<boolean> =>
	ask !== undefined && /^y(es)?$/i.test((await ask(question)).trim());

function tellByHand({ io, show }: Context<Options>, environment: Parameters<typeof isLocal>[0]) {
	io.say("\nby hand, in this order, where it is not done yet:");
	const steps = stepsByHand(environment);
	for (const [index, step] of steps.entries()) {
		show.one({ byHand: step.step, do: step.do }, ({ byHand }) => [
			`${index + 1}. ${byHand}: ${step.do}`,
		]);
	}
}
