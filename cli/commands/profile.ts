import type { Command } from "commander";
import { UsageError } from "../problems.ts";
import { firstOf, runs, type Session } from "../session.ts";
import { type Profile, readProfiles, writeProfiles } from "../settings/profiles.ts";
import { verb } from "../verbs.ts";

export function register(command: Command, session: Session): void {
	const list = verb(command, "list", "names and addresses, without the keys");
	runs<object>(list, session, async ({ io, show }) => {
		const profiles = Object.entries(readProfiles(io)).map(([name, { url }]) => ({ name, url }));
		const columns = [
			{ title: "NAME", value: ({ name }: { name: string }) => name },
			{ title: "URL", value: ({ url }: { url: string }) => url },
		];
		await show.list(profiles as Array<{ name: string; url: string }>, columns);
		return undefined;
	});
	const set = verb(command, "set", "keep url and key under a name")
		.argument("<name>", "`default` is taken when nothing else is said")
		.requiredOption("--url <url>", "of the API");
	set.addHelpText(
		"after",
		"\nThe key is asked for, or read from stdin: it is in no list of processes.",
	);
	runs<{ url: string }>(set, session, async ({ io, show, args, options }) => {
		const name = firstOf(args);
		const key = (io.ask ? await io.ask("key: ", "hidden") : io.readInput()).trim();
		if (key === "") throw new UsageError("the key is empty", "give it by stdin: … < key.txt");
		const profile: Profile = { url: options.url, key };
		const file = writeProfiles(io, { ...readProfiles(io), [name]: profile });
		show.one({ name, url: options.url, file }, () => [`kept ${name} in ${file}`]);
		return undefined;
	});
	const remove = verb(command, "delete", "forget one").argument("<name>");
	runs<object>(remove, session, async ({ io, show, args }) => {
		const { [firstOf(args)]: found, ...rest } = readProfiles(io);
		if (!found) throw new UsageError(`there is no profile ${firstOf(args)}`);
		writeProfiles(io, rest);
		show.one({ name: firstOf(args), deleted: true }, ({ name }) => [`deleted ${name}`]);
		return undefined;
	});
}
