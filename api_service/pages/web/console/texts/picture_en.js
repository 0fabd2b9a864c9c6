/** What the console says in English of the picture of a round. */
export const pictureInEnglish = {
  round: "round",
  make_picture: "Picture for sharing",
  picture: "Picture of the round",
  picture_label: (title, round) => `${title}, round ${round}: the best three, and the buttons with their triggers`,
  save_picture: "Save",
  share_picture: "Share",
};
