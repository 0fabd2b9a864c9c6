/** A button as one line of text: its icon, where it has one, and its caption. */
export const withIcon = ({ icon }, caption) => `${icon} ${caption}`.trim();
