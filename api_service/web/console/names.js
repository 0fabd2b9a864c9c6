/** What to call a viewer, who may have no name. */
export const nameOf = ({ viewer_name: name, viewer_id: id }, texts) =>
  name ?? texts.nameless(id.slice(-4));
