// Les sous-titres d’un son, au-dessus de ses boutons : les navigateurs ne dessinent que ceux des films.
for(const son of document.querySelectorAll(".sound audio")){
  const dit=son.previousElementSibling,piste=son.textTracks[0];if(son.dataset.suivi||!piste)continue;
  son.dataset.suivi="1";piste.mode="hidden";
  son.addEventListener("play",()=>dit.hidden=false);
  piste.addEventListener("cuechange",()=>dit.textContent=[...piste.activeCues].map(c=>c.text).join("\n"));
}
