export const TRIGGERS_PER_MINUTE = 12; // what rooms of the console begin with
