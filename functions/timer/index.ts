import { compose } from "../../shared/compose.ts";
import { serve } from "../../shared/fc/server.ts";
import { createHandler } from "./handler.ts";

const deps = compose([]);

serve({ handle: createHandler(deps) }, deps);
