import { compose } from "../../shared/compose.ts";
import { QUEUE_SETTINGS } from "../../shared/config.ts";
import { serve } from "../../shared/fc/server.ts";
import { LiveJobs } from "../../shared/store/live-jobs.ts";
import { createHandler } from "./handler.ts";
import { JobWatch } from "./job-watch.ts";
import { ReactionBook } from "./reaction-book.ts";

const deps = compose(QUEUE_SETTINGS);
const { settings } = deps;
const doors = {
	commands: settings.COMMANDS_QUEUE,
	events: settings.EVENTS_QUEUE,
	deadLetters: settings.DEAD_LETTER_QUEUES,
	others: settings.OTHER_QUEUES,
};
const reactions = new ReactionBook(deps.reactions, deps.clock);
const jobWatch = new JobWatch(deps.jobs, deps.clock);
const liveJobs = new LiveJobs(deps.jobs, deps.clock);

serve({ handle: createHandler({ ...deps, doors, reactions, liveJobs, jobWatch }) }, deps);
