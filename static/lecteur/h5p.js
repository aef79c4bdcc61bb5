// Une activité H5P (h5p-standalone) : ses énoncés xAPI deviennent un résultat, son état se garde.
(()=>{
  const{cadre,feuille}=document.currentScript.dataset,ID="module",FINIS=["completed","answered"];
  let debute=false,dernier={status:"incomplete",score:null},vu="",minuterie;

  const instance=()=>window.H5P?.instances?.[0];
  const etat=()=>{try{return JSON.stringify(instance()?.getCurrentState?.()??null)}catch{return"null"}};
  const dire=force=>{const h5p=etat();if(!force&&h5p===vu)return;vu=h5p;Pont.dire({atn:"etat",...dernier,state:{h5p}})};
  // Ce que disent les parties d'une activité composée ne parle pas pour elle.
  const entendre=e=>{
    const s=e.data.statement,verbe=s.verb.id.split("/").pop();
    if(!FINIS.includes(verbe)||s.context?.contextActivities?.parent?.length)return;
    const r=s.result||{},n=r.score||{},part=Number.isFinite(n.scaled)?n.scaled:n.max>0?n.raw/n.max:null;
    dernier={status:r.success===true?"passed":r.success===false?"failed":r.completion===false?"incomplete":"completed",score:part==null?null:part*100};
    // L'activité change encore son état en réponse à son propre énoncé.
    clearTimeout(minuterie);minuterie=setTimeout(dire,300,true);
  };

  Pont.ecouter(async m=>{
    if(m.atn==="debut"&&!debute){
      debute=true;
      const zone=document.body.appendChild(document.createElement("div")),garde=m.state?.h5p;
      await new H5PStandalone.H5P(zone,{
        id:ID,h5pJsonPath:new URL("../../contenu",location).pathname,frameJs:cadre,frameCss:feuille,embedType:"div",icon:false,reportingIsEnabled:true,
        // Sans cette fréquence, H5P ne rend pas l'état gardé; il n'a nulle part où l'envoyer lui-même.
        saveFreq:3600,...(garde&&garde!=="null"?{contentUserData:[{state:garde}]}:{}),
      });
      new ResizeObserver(()=>Pont.dire({atn:"hauteur",pixels:zone.offsetHeight+8})).observe(zone);
      H5P.externalDispatcher.on("xAPI",entendre);
      vu=etat();Pont.dire({atn:"etat",...dernier,state:garde?m.state:{h5p:vu}});
      setInterval(dire,5000);
    }
    if(m.atn==="fermer"){clearTimeout(minuterie);if(debute)dire(true);Pont.dire({atn:"parti"})}
  });
})();
