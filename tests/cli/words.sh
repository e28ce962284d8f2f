#!/bin/sh
# Words as they are copied from a notebook of Keras: modules, quotes, defaults, input_shape, names that a line defines.
# Those of PyTorch are told.
. tests/cli/common

cat > copied.yaml <<'END'
data: digits | shuffle | batch(32)
validation: split(0.2)
define:
  - he_avg_init = tf.keras.initializers.VarianceScaling(scale=2., mode='fan_avg', distribution='uniform')
  - RegularizedDense = partial(tf.keras.layers.Dense, activation="relu", kernel_initializer=he_avg_init)
model:
  - tf.keras.layers.Flatten(input_shape=[64], data_format='channels_last', dtype=None)
  - RegularizedDense(30, name="hidden", trainable=True)
  - tf.keras.layers.BatchNormalization(axis=-1, momentum=0.99, epsilon=1e-03)
  - layers.LeakyReLU(negative_slope=.2)
  - keras.layers.Dense(10, activation="softmax", kernel_initializer=he_avg_init, bias_regularizer=None)
optimizer: keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, amsgrad=False, clipnorm=None, name='adam')
observers:
  - keras.callbacks.EarlyStopping(patience=2, verbose=1)
epochs: 1
END
cat > ours.yaml <<'END'
data: digits | shuffle | batch(32)
validation: split(0.2)
model:
  - input(64)
  - flatten
  - dense(30, activation=relu, kernel_initializer=variance_scaling(2, mode=fan_avg, distribution=uniform))
  - batch_normalization
  - leaky_relu(0.2)
  - dense(10, activation=softmax, kernel_initializer=variance_scaling(2, mode=fan_avg, distribution=uniform))
optimizer: adam(0.001)
observers: [early_stopping(patience=2)]
epochs: 1
END
for file in copied ours; do
    run train $file.yaml -q out=$file
    is "$file" "$code:$(cat "$err")" 0:
done
sed 's/,[^,]*$//' copied/history.csv > one
sed 's/,[^,]*$//' ours/history.csv > two
is 'both are the same training' "$(cat one)" "$(cat two)"
lacks 'run.yaml holds the specs, not the names' copied/run.yaml he_avg_init
run train copied/run.yaml -q out=again
is 'run.yaml runs' "$code" 0

# told SPEC KEY HINT: a word of another library, and what the message says
told()
{
    run train digits "$2=$1" --dry-run
    is "$1" "$code" 2
    has "$1" "$err" "$3"
}
told 'adam(lr=0.1)' optimizer 'did you mean learning_rate?'
told 'adam(betas=(0.9, 0.99))' optimizer 'beta_1=0.9, beta_2=0.999'
told 'adam(eps=1e-8)' optimizer 'did you mean epsilon?'
told 'rmsprop(alpha=0.9)' optimizer 'did you mean rho?'
told 'sgd(StepLR(0.1))' optimizer 'exponential_decay(RATE, STEPS, GAMMA, staircase=true)'
told 'Linear(64, 10)' model 'dense(UNITS)'
told 'dropout(p=0.2)' model 'did you mean rate?'
told 'dense(10, activation=rrelu)' model 'random_leaky_relu'
told 'dense(10), dense(10, input_shape=(10,))' model 'only the first layer'
told 'dense(10, axis=1)' model 'axis of layer dense cannot be 1'
told 'dense(10, input_shape=[a])' model 'not a list of lengths'
told 'optim.RMSprop(alpha=0.9)' optimizer 'did you mean rho?'
told 'SGD(learning_rate=0.01, decay=1e-4)' optimizer 'inverse_time_decay(RATE, 1, DECAY)'
told 'dense(10), nn.GELU(dim=1)' model 'activation(NAME)'
told F.cross_entropy loss 'did you mean .*sparse_categorical_crossentropy'
told F.binary_cross_entropy_with_logits loss 'binary_crossentropy(from_logits=true)'
told SoftMarginLoss loss 'binary_crossentropy(from_logits=true)'
told nn.MultiLabelSoftMarginLoss loss 'binary_crossentropy(from_logits=true)'
told GaussianNLLLoss loss 'try huber'
told TripletMarginLoss loss 'not for several rows'
told MarginRankingLoss loss 'not for several rows'
told CTCLoss loss 'no layers for sequences'
told HingeEmbeddingLoss loss 'for distances of pairs'
told "TensorBoard(log_dir='logs')" observers "write dir='logs'"
told Nonsense observers 'known: best_weights'
told CrossEntropyLoss loss 'sparse_categorical_crossentropy(from_logits=true)'
run train digits observers=LearningRateScheduler epochs=1
has LearningRateScheduler "$err" per_epoch

# taken SPEC KEY: a word that plummet takes as it is
taken()
{
    run train digits "$2=$1" --dry-run
    is "$1" "$code:$(cat "$err")" 0:
}
taken torch.optim.Adam optimizer
taken 'optim.Adam(0.01, amsgrad=False)' optimizer
taken 'optim.SGD(lr_scheduler.OneCycleLR(0.1))' optimizer
taken 'keras.optimizers.legacy.SGD(0.01)' optimizer
taken 'tf.keras.optimizers.legacy.Adam(decay=0.0)' optimizer
taken 'Muon(exclude_layers=[])' optimizer
taken 'dense(30, activation=tf.nn.relu), dense(10, activation=F.softmax)' model
taken 'dense(10), nn.Softmax(dim=1)' model
taken 'InputLayer(input_shape=[64]), dense(10, softmax)' model
taken 'Input(input_dim=64, name="rows"), dense(10, softmax)' model
taken 'Normalization(axis=(-1,)), dense(10, softmax)' model
printf 'data: digits\nmodel: [dense(10, softmax)]\nobservers: [Nonsense]\n' > observed.yaml
run summary observed.yaml
is 'summary of an unknown observer' "$code" 2
has 'summary of an unknown observer' "$err" "unknown observer 'Nonsense'"
printf 'data: digits\nhe = VarianceScaling(2)\nmodel: [dense(10, softmax)]\n' > defined.yaml
run train defined.yaml --dry-run
has 'a definition on a line of its own' "$err" "'  - he = ...'"

# fails DEFINITION HINT
fails()
{
    run train ours.yaml "define=$1" --dry-run
    is "define=$1" "$code" 2
    has "define=$1" "$err" "$2"
}
fails 'relu = selu' 'already the name of a kind'
fails 'a = 1, a = 2' 'defined twice'
fails 'a' 'is not a definition'
fails '3a = 4' 'is not a definition'
fails 'a = dense(' 'the text ends'
run train digits 'define=rate = 0.5' 'optimizer=sgd(rate, momentum=0.9)' 'model=dense(10, activation=softmax, name=rate)' --dry-run
is 'a number' "$code" 0
run train digits 'define=rate = 0.5' 'optimizer=sgd(rate(1))' --dry-run
has 'a number called' "$err" 'takes no arguments'
finish
