import { serve } from "../sealing/worker.js";

serve(globalThis);
