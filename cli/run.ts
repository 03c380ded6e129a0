import { tell } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { createProgram } from "./program.ts";
import type { Session } from "./session.ts";

/** Runs one command line. @returns how the process ends: see exit.ts. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
	const session: Session = {
		io,
		exitCode: EXIT.ok,
		program: () => createProgram(session, (name) => name !== "completion"),
	};
	try {
		// `help send` is `send --help`.
		const names = argv[0] === "help" ? argv.slice(1) : argv;
		const program = await createProgram(session, (name) => name === names[0]);
		await program.parseAsync(argv.length > 0 ? argv : ["--help"], { from: "user" });
		return session.exitCode;
	} catch (error) {
		return tell(io, error, session.url);
	}
}
