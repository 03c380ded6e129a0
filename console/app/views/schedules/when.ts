import { duration } from "../../../../cli/output/time.ts";
import type { Schedule } from "../../../../client/src/index.ts";

/** `0 7 * * 1-5 in Asia/Shanghai`, `every 5 min`, `once, 2026-12-01T07:00 in …` */
export function whenText({ when }: Pick<Schedule, "when">): string {
	if ("cron" in when) return `${when.cron} in ${when.timeZone}`;
	if ("at" in when) return `once, ${when.at} in ${when.timeZone}`;
	return `every ${duration(when.every * 1000)}`;
}

export const nameOf = ({ name, command }: Pick<Schedule, "name" | "command">): string =>
	name || command.service;

/** A first schedule, to be changed. */
export const EXAMPLE = `{
  "name": "weekday mornings",
  "when": {"cron": "0 7 * * 1-5", "timeZone": "Asia/Shanghai"},
  "command": {
    "device": {"productKey": "", "deviceName": ""},
    "service": "Set",
    "args": {}
  }
}`;

/** What the API adds to a document that a person wrote. */
const ADDED = [
	"id",
	"version",
	"createdAt",
	"updatedAt",
	"status",
	"nextRunAt",
	"runs",
	"skipped",
	"lastRuns",
	"error",
];

/** A stored document as its owner would write it. */
export const definitionOf = (stored: object): object =>
	Object.fromEntries(Object.entries(stored).filter(([name]) => !ADDED.includes(name)));
