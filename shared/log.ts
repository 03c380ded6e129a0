export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;

/** One JSON line each, which Log Service indexes by field. Never given a secret. */
export interface Log {
	debug(message: string, fields?: Fields): void;
	info(message: string, fields?: Fields): void;
	warn(message: string, fields?: Fields): void;
	error(message: string, fields?: Fields): void;
	/** The same log, with these fields in every line: the request's id above all, since many run at once. */
	with(fields: Fields): Log;
}

export function createLog(
	level: LogLevel,
	write: (line: string) => void = console.log,
	always: Fields = {},
): Log {
	const least = LOG_LEVELS.indexOf(level);
	const at =
		(own: LogLevel) =>
		(message: string, fields: Fields = {}) => {
			if (LOG_LEVELS.indexOf(own) < least) return;
			write(JSON.stringify({ level: own, message, ...always, ...fields }));
		};
	return {
		debug: at("debug"),
		info: at("info"),
		warn: at("warn"),
		error: at("error"),
		with: (fields) => createLog(level, write, { ...always, ...fields }),
	};
}
