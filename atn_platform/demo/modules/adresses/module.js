// Trois adresses, l'une après l'autre : SCORM 1.2 garde où l'on est, puis le résultat.
(() => {
  const ADRESSES = [
    ["greffe@saint-exemple.example", "vraie",
      "Le domaine, à droite, est saint-exemple.example, lettre pour lettre."],
    ["greffe@saint-exernple.example", "fausse",
      "Un « r » et un « n » jouent au « m » : saint-exernple."],
    ["paie@saint-exemple.example.avis-net.example", "fausse",
      "Le domaine se termine par avis-net.example : le début est du maquillage."],
  ];
  const id = name => document.getElementById(name);
  let fenetre = window;
  while (!fenetre.API && fenetre.parent !== fenetre) fenetre = fenetre.parent;
  const api = fenetre.API;
  const lire = nom => (api ? api.LMSGetValue(nom) : "");
  const dire = (nom, valeur) => api && api.LMSSetValue(nom, String(valeur));

  if (api) api.LMSInitialize("");
  const [rang, justes] = (lire("cmi.suspend_data") || "0,0").split(",").map(Number);
  let ou = Math.min(rang, ADRESSES.length), bonnes = justes;

  function garder() {
    dire("cmi.core.lesson_location", ou);
    dire("cmi.suspend_data", ou + "," + bonnes);
    dire("cmi.core.exit", "suspend");
    if (api) api.LMSCommit("");
  }

  function montrer() {
    id("mot").textContent = "";
    id("suite").hidden = true;
    const fini = ou >= ADRESSES.length;
    id("choix").hidden = fini;
    id("adresse").hidden = fini;
    id("rang").textContent = fini ? "" : `Adresse ${ou + 1} sur ${ADRESSES.length}`;
    if (fini) return terminer();
    id("adresse").textContent = ADRESSES[ou][0];
  }

  function terminer() {
    document.querySelector("h1").textContent = `${bonnes} sur ${ADRESSES.length}`;
    id("mot").textContent = "Lisez toujours le domaine, de droite à gauche.";
    id("suite").textContent = "Recommencer";
    id("suite").hidden = false;
    dire("cmi.core.score.min", 0);
    dire("cmi.core.score.max", 100);
    dire("cmi.core.score.raw", Math.round((100 * bonnes) / ADRESSES.length));
    dire("cmi.core.lesson_status", "completed");
    garder();
  }

  id("choix").addEventListener("click", event => {
    const choix = event.target.value;
    if (!choix || !id("suite").hidden) return;
    const [, bonne, pourquoi] = ADRESSES[ou];
    const juste = choix === bonne;
    bonnes += juste;
    id("mot").textContent = (juste ? "Oui. " : "Pas tout à fait. ") + pourquoi;
    ou += 1;
    id("suite").textContent = "Suite";
    id("suite").hidden = false;
    garder();
  });

  id("suite").addEventListener("click", () => {
    if (id("choix").hidden) {
      ou = bonnes = 0;
      document.querySelector("h1").textContent = "Qui a écrit ce message?";
    }
    montrer();
    document.querySelector("h1").focus();
  });

  addEventListener("pagehide", () => api && api.LMSFinish(""));
  montrer();
})();
