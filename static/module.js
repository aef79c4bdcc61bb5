// Le module joue dans un cadre fermé, d'une autre origine; ce qui en vient est un message, jamais du
// code, et part au serveur jusqu'à ce qu'il réponde (docs/packages.md).
(()=>{
  const id=x=>document.getElementById(x),r=JSON.parse(id("reglages").textContent),zone=id("cadre"),dit=id("dit"),garde=id("garde");
  const jeton=zone.querySelector("[name=csrfmiddlewaretoken]").value,FIN=["completed","passed"];
  const memoire=r.shared?sessionStorage:localStorage,cle=`module:${r.owner}:${r.place}`;
  let{base,session,state}=r,revision=base,file=[],enCours=false,fige=false,delai=2000,quitter=null,minuterie;
  for(const e of document.querySelectorAll("[data-sans-script]"))e.remove();

  const dire=texte=>{dit.className=texte?"note":"";dit.textContent=texte};
  const retenir=()=>{try{file.length?memoire.setItem(cle,JSON.stringify(file)):memoire.removeItem(cle)}catch{}};
  const pareil=(a,b)=>a.status===b.status&&a.score===b.score&&a.session===b.session;

  // Les résultats qui diffèrent partent tous, dans l'ordre; de la place, la dernière suffit.
  function recevoir(m){
    const dernier=file.at(-1),e={owner:r.owner,archive:r.archive,session,base,revision:++revision,status:m.status,score:m.score??null,state:fige?null:m.state??null};
    if(dernier&&!dernier.parti&&pareil(dernier,e))file[file.length-1]=e;else file.push(e);
    if(file.length>40)file.splice(20,1);
    retenir();envoyer();
  }
  const attendre=ms=>{clearTimeout(minuterie);minuterie=setTimeout(envoyer,ms)};
  async function envoyer(){
    if(enCours||!file.length)return fini();
    enCours=true;const m=file[0];m.parti=true;let a;
    try{a=await fetch(r.place,{method:"POST",redirect:"manual",keepalive:JSON.stringify(m).length<6e4,headers:{"Content-Type":"application/json","X-CSRFToken":jeton},body:JSON.stringify(m)})}catch{}
    enCours=false;
    if(!a||a.status>=500||a.status===429){m.parti=false;dire("En attente du réseau : ce que vous faites est gardé sur cet appareil.");delai=Math.min(delai*2,60000);return attendre(delai)}
    delai=2000;
    const motif=a.ok?"":await a.json().then(j=>j.motif,()=>"");
    if(!a.ok&&!motif){m.parti=false;return dire("Votre séance est terminée. Rechargez la page pour vous reconnecter : rien n’est perdu.")}
    if(a.status===413&&m.state){m.state=null;return attendre(0)}
    file.shift();
    if(a.status===409)fige=true;
    retenir();
    if(motif)dire(motif);else{
      dire(FIN.includes(m.status)?"C’est noté : cette partie est terminée.":"");
      if(!fige)garde.textContent="Enregistré à "+new Date().toLocaleTimeString("fr-CA",{hour:"numeric",minute:"2-digit"}).replace(":"," h ");
    }
    // Un script qui parlerait mille fois par seconde n'est entendu qu'une fois.
    file.length?attendre(1000):fini();
  }
  const fini=()=>{if(quitter&&!file.length){const ou=quitter;quitter=null;location.href=ou}};

  const cadre=document.createElement("iframe");
  // Une unité cmi5 parle au serveur d'elle-même : son adresse ne sert qu'une fois.
  async function lancer(){
    const a=await fetch(r.launch,{method:"POST",headers:{"X-CSRFToken":jeton}}).then(a=>a.json()).catch(()=>null);
    if(a?.frame){r.frame=a.frame;ouvrir()}else dire(a?.motif||"Le module ne s’ouvre pas pour l’instant. Rechargez la page, ou lisez la même chose en mots.");
  }
  function ouvrir(){
    cadre.title=r.title;cadre.ariaLabel=r.title;cadre.sandbox="allow-scripts allow-same-origin allow-forms";cadre.allow="fullscreen; autoplay";cadre.src=r.frame;
    zone.append(cadre);zone.hidden=false;
    const muet=!r.launch&&setTimeout(()=>{id("equivalent").open=true;dire("Le module ne s’ouvre pas : votre réseau bloque peut-être son adresse. La même chose en mots, plus bas, compte autant.")},20000);
    addEventListener("message",e=>{
      if(e.source!==cadre.contentWindow||e.origin!==r.origin||!e.data)return;
      const m=e.data;
      if(m.atn==="pret"){clearTimeout(muet);cadre.contentWindow.postMessage({atn:"debut",part:r.part,state},r.origin)}
      else if(m.atn==="etat"&&!r.launch)recevoir(m);
      else if(m.atn==="avis")dire(String(m.texte).slice(0,300));
      else if(m.atn==="hauteur"&&m.pixels>0)cadre.style.height=Math.min(5000,m.pixels)+"px";
      else if(m.atn==="parti")fini();
    });
  }
  // Ce qu'une page d'avant n'a pas pu envoyer part d'abord, et c'est de là qu'on reprend.
  async function dabord(){
    const reste=JSON.parse(memoire.getItem(cle)||"[]").filter(m=>m.owner===r.owner&&m.archive===r.archive);
    if(reste.length){
      file=reste.map(m=>({...m,parti:false}));
      const derniere=file.at(-1);
      await envoyer();
      // Une place dépassée ailleurs ne fige que ce qui attendait : la page, elle, part de la nouvelle.
      if(fige){fige=false;dire("");for(const m of file)m.state=null;retenir()}
      else if(derniere.state){state=derniere.state;session=derniere.session;base=derniere.base;revision=derniere.revision}
    }
    ouvrir();
  }
  // Une fois dans le module, le clavier n'est plus à la page : son cadre le montre.
  addEventListener("blur",()=>setTimeout(()=>zone.classList.toggle("actif",document.activeElement===cadre)));
  addEventListener("focus",()=>zone.classList.remove("actif"));
  id("plein").onclick=()=>cadre.requestFullscreen?.();
  addEventListener("online",()=>{delai=2000;envoyer()});
  for(const a of[id("retour"),...document.querySelectorAll("[data-partir]")])a.addEventListener("click",e=>{
    if(quitter||e.metaKey||e.ctrlKey||e.shiftKey)return;
    if(r.launch)return;
    e.preventDefault();quitter=a.href;cadre.contentWindow?.postMessage({atn:"fermer"},r.origin);
    // Un module muet, ou une ligne coupée, ne retient personne; ce qui attend partira au retour.
    setTimeout(()=>{if(quitter)location.href=quitter},2500);
  });
  r.launch?lancer():dabord();
})();
